const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;
const STRIPE_BYTES = 32;

/**
 * xxHash64 (Yann Collet, https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md) of `bytes`. For modelling other programs:
 * with BigInt it takes microseconds.
 *
 * @param seed - 0 … 2^64 − 1
 * @returns 0 … 2^64 − 1
 */
export function xxHash64(bytes: Uint8Array, seed = 0n): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  let hash = wrap(seed + PRIME_5);
  if (bytes.length >= STRIPE_BYTES) {
    const lanes = [seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1].map(wrap);
    for (; offset + STRIPE_BYTES <= bytes.length; offset += STRIPE_BYTES) {
      for (const [lane, value] of lanes.entries())
        lanes[lane] = round(value, view.getBigUint64(offset + 8 * lane, true));
    }
    hash = merge(lanes);
  }
  hash = wrap(hash + BigInt(bytes.length));
  for (; offset + 8 <= bytes.length; offset += 8) {
    hash = wrap(rotate(hash ^ round(0n, view.getBigUint64(offset, true)), 27n) * PRIME_1 + PRIME_4);
  }
  if (offset + 4 <= bytes.length) {
    hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint32(offset, true)) * PRIME_1), 23n) * PRIME_2 + PRIME_3);
    offset += 4;
  }
  for (; offset < bytes.length; offset++) {
    hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint8(offset)) * PRIME_5), 11n) * PRIME_1);
  }
  hash = wrap((hash ^ (hash >> 33n)) * PRIME_2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME_3);
  return hash ^ (hash >> 32n);
}

function merge(lanes: readonly bigint[]): bigint {
  const shifts = [1n, 7n, 12n, 18n];
  const joined = wrap(lanes.reduce((sum, lane, i) => sum + rotate(lane, shifts[i] ?? 0n), 0n));
  return lanes.reduce((hash, lane) => wrap((hash ^ round(0n, lane)) * PRIME_1 + PRIME_4), joined);
}

function round(lane: bigint, input: bigint): bigint {
  return wrap(rotate(wrap(lane + input * PRIME_2), 31n) * PRIME_1);
}

function rotate(word: bigint, bits: bigint): bigint {
  return wrap(word << bits) | (word >> (64n - bits));
}

function wrap(word: bigint): bigint {
  return BigInt.asUintN(64, word);
}
