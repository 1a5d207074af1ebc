import { type Remap, remap } from "../measures/remap.ts";
import type { ComparedBackend } from "../policies/compared-policy.ts";
import { nextBackend } from "../simulation/default-changes.ts";

/** Of our backends, and of HAProxy's servers. */
const HIGHEST_WEIGHT = 256;

/** A list of backends becomes another one. */
export interface BackendChange {
  readonly before: readonly ComparedBackend[];
  readonly after: readonly ComparedBackend[];
}

/** The backend in the middle of the list is taken out; undefined when it is the only one. */
export function middleRemoved(backends: readonly ComparedBackend[]): BackendChange | undefined {
  if (backends.length < 2) return undefined;
  return { before: backends, after: backends.toSpliced(backends.length >> 1, 1) };
}

/** One more backend like the last, at the end of the list. */
export function oneAdded(backends: readonly ComparedBackend[]): BackendChange {
  return { before: backends, after: [...backends, nextBackend(backends)] };
}

/**
 * The backend in the middle of the list gets twice its weight; half of it where twice would be more than weights go up to.
 * Undefined when it is the only one: it has everything anyway.
 */
export function middleReweighed(backends: readonly ComparedBackend[]): BackendChange | undefined {
  const middle = backends.length >> 1;
  const backend = backends[middle];
  if (backend === undefined || backends.length < 2) return undefined;
  const weight = 2 * backend.weight <= HIGHEST_WEIGHT ? 2 * backend.weight : backend.weight >> 1;
  return { before: backends, after: backends.with(middle, { ...backend, weight }) };
}

/**
 * Who has moved by a change.
 *
 * @param placesBefore - of each client the backend, by its index in the list before; −1 = none
 * @param placesAfter - the same in the list after
 */
export function movedBy(
  { before, after }: BackendChange,
  placesBefore: Int32Array,
  placesAfter: Int32Array,
  clientWeights?: Float64Array,
): Remap {
  const weights = (backends: readonly ComparedBackend[]): ReadonlyMap<string, number> =>
    new Map(backends.map(({ id, weight }) => [id, weight]));
  return remap({
    before: Array.from(placesBefore, (place) => before[place]?.id),
    after: Array.from(placesAfter, (place) => after[place]?.id),
    ...(clientWeights && { clientWeights }),
    weightsBefore: weights(before),
    weightsAfter: weights(after),
  });
}
