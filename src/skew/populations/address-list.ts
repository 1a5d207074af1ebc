import { InvariantError } from "../../model/failure.ts";
import { formatAddress } from "../../proxy-protocol/address-text.ts";

/** Words of an address: IPv4 as IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2). */
export const WORDS_PER_ADDRESS = 4;
const MAPPED_WORD = 0xffff;

/** How much of an address is shown: bits of the network part. */
export interface ShownBits {
  /** 0–32 */
  readonly v4: number;
  /** 0–128 */
  readonly v6: number;
}

/** Many addresses in 16 bytes each: a million `Uint8Array`s of their own would take over 100 MB. */
export class AddressList {
  readonly #words: Int32Array;

  /** @param words - four 32-bit words an address, the most significant first; not copied */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  static of(addresses: readonly Uint8Array[]): AddressList {
    const words = new Int32Array(WORDS_PER_ADDRESS * addresses.length);
    addresses.forEach((address, i) => {
      writeWords(words, WORDS_PER_ADDRESS * i, address);
    });
    return new AddressList(words);
  }

  get length(): number {
    return this.#words.length / WORDS_PER_ADDRESS;
  }

  /** The raw bytes of an address, 4 or 16, in an array of its own. */
  bytes(index: number): Uint8Array {
    const at = WORDS_PER_ADDRESS * index;
    if (!(index >= 0 && index < this.length)) throw new InvariantError(`there is no address ${index}`);
    const isV4 = this.#words[at] === 0 && this.#words[at + 1] === 0 && this.#words[at + 2] === MAPPED_WORD;
    const bytes = new Uint8Array(isV4 ? 4 : 16);
    for (let i = 0; i < bytes.length; i++) {
      const word = this.#words[at + (isV4 ? 3 : i >> 2)] ?? 0;
      bytes[i] = word >>> (24 - 8 * (i & 3));
    }
    return bytes;
  }

  /** Canonical text; with `shown` only the network part, e.g. `203.0.113.0/24`. */
  text(index: number, shown?: ShownBits): string {
    const bytes = this.bytes(index);
    if (shown === undefined) return formatAddress(bytes);
    const bits = bytes.length === 4 ? shown.v4 : shown.v6;
    return `${formatAddress(bytes.map((byte, i) => byte & leftBits(bits - 8 * i)))}/${bits}`;
  }
}

/** A byte whose first `bits` (cut to 0 … 8) are set. */
function leftBits(bits: number): number {
  return (0xff00 >> Math.min(8, Math.max(0, bits))) & 0xff;
}

/** Writes the words of an address (4 or 16 bytes) to `words` from `at`. */
export function writeWords(words: Int32Array, at: number, address: Uint8Array): void {
  if (address.length === 4) words[at + 2] = MAPPED_WORD;
  for (let i = 0; i < address.length; i++) {
    const to = at + (address.length === 4 ? 3 : i >> 2);
    words[to] = ((words[to] ?? 0) << 8) | (address[i] ?? 0);
  }
}
