/** Number of different key hashes. */
const KEY_SPACE = 2 ** 32;

/**
 * The exact share of the key space of each member of a slot table in which a key takes slot `hash mod slots.length`:
 * the first `2^32 mod slots.length` slots own one hash more than the others.
 * When the number of slots is a power of two all slots own the same, so it also holds for `hash >>> bits`.
 *
 * @param slots - the owner's position for each slot
 * @param members - number of members, more than any position
 * @returns one share for each member; they sum to 1
 */
export function slotShares(slots: ArrayLike<number>, members: number): Float64Array {
  const hashes = new Float64Array(members);
  const perSlot = Math.floor(KEY_SPACE / slots.length);
  const larger = KEY_SPACE % slots.length;
  for (let slot = 0; slot < slots.length; slot++) {
    const position = slots[slot] ?? 0;
    hashes[position] = (hashes[position] ?? 0) + perSlot + (slot < larger ? 1 : 0);
  }
  return hashes.map((count) => count / KEY_SPACE);
}
