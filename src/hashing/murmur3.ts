import murmur from "murmurhash3js-revisited";

/** The four 32-bit words of a 128-bit hash, each 0 … 2^32 − 1. */
export type HashWords = readonly [number, number, number, number];

/**
 * MurmurHash3_x86_32 (Austin Appleby, SMHasher, public domain) of `bytes`.
 *
 * It is not a keyed hash: whoever knows `seed` can look for inputs that collide.
 *
 * @param bytes - any number of raw bytes, never text
 * @param seed - 0 … 2^32 − 1
 * @returns an unsigned 32-bit integer
 * @throws TypeError when `bytes` is not made of bytes; the library would answer `undefined`, which places every client alike
 */
export function hashBytes(bytes: Uint8Array, seed: number): number {
  return required(murmur.x86.hash32(bytes, seed));
}

/**
 * MurmurHash3_x86_128 of `bytes` as four words, for building tables: it allocates, so it is too slow for every connection.
 * An input of `4·k` bytes or fewer, k < 4, leaves the last `4 − k` words equal to each other.
 *
 * @param seed - 0 … 2^32 − 1
 * @throws TypeError as {@link hashBytes} does
 */
export function hashWords(bytes: Uint8Array, seed: number): HashWords {
  const hex = required(murmur.x86.hash128(bytes, seed));
  const word = (index: number): number => Number.parseInt(hex.slice(8 * index, 8 * index + 8), 16);
  return [word(0), word(1), word(2), word(3)];
}

/**
 * The place of a client in the key space of every table: {@link hashBytes} of its key.
 * On 4 bytes (an IPv4 address) it is a bijection: two addresses never share a hash.
 *
 * @param key - the raw, masked bytes of the client key (`ClientKey.bytes`)
 * @param seed - the seed the table was built with, 0 … 2^32 − 1
 * @returns an unsigned 32-bit integer
 */
export function keyHash(key: Uint8Array, seed: number): number {
  return hashBytes(key, seed);
}

/**
 * The finalizer of MurmurHash3_x86_32: a bijection on 32 bits in which every input bit flips every output bit about half
 * of the time.
 *
 * @returns a signed 32-bit integer (a small integer costs no allocation)
 */
export function fmix32(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The library answers `undefined`, without throwing, when its input is not bytes (text, for one). Its types hide that. */
function required<T>(answer: T | undefined): T {
  if (answer === undefined) throw new TypeError("only bytes (a Uint8Array) can be hashed");
  return answer;
}
