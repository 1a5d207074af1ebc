/** The points of a ring in ascending order, and the index of the server that has each. */
export interface OwnedPoints {
  readonly points: Uint32Array;
  readonly owners: Uint32Array;
}

/**
 * Sorts the points of all servers; of equal points the one of the server that is earlier in the list stays.
 *
 * @param pointsOf - the points of each server; fewer than 2^20 servers
 */
export function sortPoints(pointsOf: readonly Uint32Array[]): OwnedPoints {
  const servers = pointsOf.length;
  // Point and owner in one number that sorts by the point first; exact below 2^53.
  const keys = new Float64Array(pointsOf.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const [owner, points] of pointsOf.entries())
    for (const point of points) keys[filled++] = point * servers + owner;
  keys.sort();
  const points = new Uint32Array(keys.length);
  const owners = new Uint32Array(keys.length);
  let count = 0;
  for (const key of keys) {
    const point = Math.floor(key / servers);
    if (count > 0 && points[count - 1] === point) continue;
    points[count] = point;
    owners[count] = key % servers;
    count++;
  }
  return { points: points.slice(0, count), owners: owners.slice(0, count) };
}

/**
 * The position of the first point that is not below `hash`, which is `points.length` when there is none: a ring goes on
 * with its first point then.
 *
 * @param points - in ascending order
 */
export function pointAtOrAfter(points: Uint32Array, hash: number): number;
export function pointAtOrAfter(points: BigUint64Array, hash: bigint): number;
export function pointAtOrAfter(points: Uint32Array | BigUint64Array, hash: number | bigint): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] ?? 0) < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
