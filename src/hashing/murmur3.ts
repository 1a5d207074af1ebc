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
 * MurmurHash3_x86_32 of many inputs that differ in their last four bytes only: what comes before is worked out once. The ring
 * hashes a hundred thousand of them in a row.
 *
 * @param prefix - any number of raw bytes
 * @param seed - 0 … 2^32 − 1
 * @returns a function from a number, 0 … 2^32 − 1, to `hashBytes(prefix ‖ number in little endian, seed)` as a signed 32-bit
 *   integer (a small integer costs no allocation)
 */
export function hashOfNumbered(prefix: Uint8Array, seed: number): (number: number) => number {
  const whole = prefix.length & ~3;
  let before = seed | 0;
  for (let i = 0; i < whole; i += 4) before = addBlock(before, littleEndian(prefix, i));
  // Bytes of the prefix in the block that the number begins in.
  const rest = prefix.length - whole;
  const start = littleEndian(prefix, whole);
  const length = prefix.length + 4;
  if (rest === 0) return (number) => fmix32(addBlock(before, number) ^ length);
  const bits = 8 * rest;
  return (number) => {
    const block = addBlock(before, start | (number << bits));
    return fmix32(block ^ scrambled(number >>> (32 - bits)) ^ length);
  };
}

/** Up to four bytes from `from` as one number; those behind the end count as zero. */
function littleEndian(bytes: Uint8Array, from: number): number {
  const byte = (i: number): number => bytes[from + i] ?? 0;
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
}

function scrambled(word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function addBlock(state: number, word: number): number {
  const h = state ^ scrambled(word);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
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
