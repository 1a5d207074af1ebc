import type { Cidr } from "../../model/cidr.ts";
import { parseAddress } from "../../proxy-protocol/address-text.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { ChosenAddresses } from "./population.ts";

/**
 * First octets of whole /8 blocks that hold special-purpose blocks (IANA's registry, RFC 6890): no public client is invented
 * there. Nor from 224 on (multicast).
 */
const NOT_PUBLIC: ReadonlySet<number> = new Set([0, 10, 100, 127, 169, 172, 192, 198, 203]);
const FIRST_MULTICAST = 224;
const PUBLIC: Cidr = { bytes: new Uint8Array(4), bits: 0, text: "0.0.0.0/0" };
/** Bits that make an IPv6 client: its /64, whatever privacy addresses it takes in there. */
const V6_CLIENT_BITS = 64;
/** Pools start at a /24, or at the like in IPv6. */
const POOL_START = 256n;
/** Sets the numbers of IPv6 networks apart from those of IPv4 addresses. */
const V6_MARK = 1n << 64n;

/** Reads `198.51.100.0/24`; undefined when it is no block, or when the address has bits behind the prefix. */
export function parseBlock(text: string): Cidr | undefined {
  const [address = "", bitsText = "", ...rest] = text.split("/");
  const bytes = parseAddress(address);
  if (bytes === undefined || rest.length > 0 || !/^\d{1,3}$/.test(bitsText)) return undefined;
  const bits = Number(bitsText);
  const hostBits = BigInt(bytes.length * 8 - bits);
  if (hostBits < 0n || numberOf(bytes) % (1n << hostBits) !== 0n) return undefined;
  return { bytes, bits, text };
}

/** How many clients a block has room for: addresses of IPv4, /64 networks of IPv6 (at least one). */
export function roomOf({ bytes, bits }: Cidr): number {
  return 2 ** Math.max(0, (bytes.length === 4 ? 32 : V6_CLIENT_BITS) - bits);
}

/** What tells a client from the others: an IPv4 address, or the /64 of an IPv6 address. */
export function clientNumber(address: Uint8Array): bigint {
  return address.length === 4 ? numberOf(address) : (numberOf(address) >> 64n) | V6_MARK;
}

/**
 * Draws different clients that are not in `taken` yet ({@link clientNumber}), and adds them to it.
 *
 * @throws RangeError when the block has no room left
 */
export function drawAddresses(chosen: ChosenAddresses, random: SeededRandom, taken: Set<bigint>): Uint8Array[] {
  const block = chosen.within === undefined ? PUBLIC : parseBlock(chosen.within);
  if (block === undefined) throw new RangeError(`"${chosen.within}" is not a block of addresses`);
  const room = BigInt(roomOf(block));
  const length = BigInt(chosen.count);
  const scattered = chosen.spread === "scattered";
  const addresses: Uint8Array[] = [];
  let next = scattered ? 0n : poolStart(block, room, length, random);
  for (let i = 0; i < chosen.count; i++) {
    if (scattered) next = drawPlace(block, room, random);
    let address = addressAt(block, next);
    for (let tried = 1n; taken.has(clientNumber(address)); tried++) {
      if (tried >= room) throw new RangeError(`no free address is left in ${block.text}`);
      next = (next + 1n) % room;
      address = addressAt(block, next);
    }
    taken.add(clientNumber(address));
    addresses.push(address);
    next = (next + 1n) % room;
  }
  return addresses;
}

/** One of the clients of a block, by its place 0 … room − 1. */
function drawPlace(block: Cidr, room: bigint, random: SeededRandom): bigint {
  for (;;) {
    const place = ((BigInt(random.u32()) << 32n) | BigInt(random.u32())) % room;
    if (block !== PUBLIC || isPublic(place)) return place;
  }
}

/** Where a pool of `length` clients begins, so that it fits behind. */
function poolStart(block: Cidr, room: bigint, length: bigint, random: SeededRandom): bigint {
  if (room < length + POOL_START) return 0n;
  for (;;) {
    const place = drawPlace(block, room, random);
    const start = place - (place % POOL_START);
    const end = start + length - 1n;
    if (end < room && (block !== PUBLIC || end >> 24n === start >> 24n)) return start;
  }
}

function isPublic(address: bigint): boolean {
  const octet = Number(address >> 24n);
  return octet < FIRST_MULTICAST && !NOT_PUBLIC.has(octet);
}

function addressAt({ bytes }: Cidr, place: bigint): Uint8Array {
  // An IPv6 client is the host ::1 of its network.
  const number = numberOf(bytes) + (bytes.length === 4 ? place : (place << 64n) | 1n);
  return Uint8Array.from(bytes, (_, i) => Number((number >> BigInt(8 * (bytes.length - 1 - i))) & 0xffn));
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
