/** Positions of a table's entries, packed. */
export type PositionArray = Uint16Array | Uint32Array;

/** `length` zeroes, as narrow as `members` positions (0 … members − 1) allow. */
export function positionArray(length: number, members: number): PositionArray {
  return members <= 0x10000 ? new Uint16Array(length) : new Uint32Array(length);
}
