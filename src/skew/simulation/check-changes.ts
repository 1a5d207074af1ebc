import type { BackendState, ComparedBackend } from "../policies/compared-policy.ts";
import { inOrder } from "./course.ts";
import type { TimePlan } from "./time-plan.ts";
import type { PlannedChange } from "./time-study.ts";

/** Which states a change can find its backend in; `undefined` stands for one that is not in the pool yet. */
const POSSIBLE: Readonly<Record<PlannedChange["kind"], readonly (BackendState | undefined)[]>> = {
  fails: ["up", "draining"],
  drains: ["up"],
  returns: ["down", "draining"],
  joins: [undefined],
};
const BECOMES: Readonly<Record<PlannedChange["kind"], BackendState>> = {
  fails: "down",
  drains: "draining",
  returns: "up",
  joins: "up",
};

/**
 * Plays the changes of a plan through.
 *
 * @throws RangeError that names the first one which cannot happen
 */
export function checkChanges(plan: TimePlan, backends: readonly ComparedBackend[]): void {
  const { warmUpMs, lengthMs, joining } = plan;
  const known = new Set<string>();
  for (const { id } of [...backends, ...joining]) {
    if (known.has(id)) throw new RangeError(`there are two backends called ${id}`);
    known.add(id);
  }
  const states = new Map<string, BackendState>(backends.map(({ id }) => [id, "up"]));
  for (const { atMs, kind, backend } of inOrder(plan.changes)) {
    const what = `"${backend} ${kind}" at ${atMs} ms`;
    if (!Number.isInteger(atMs)) throw new RangeError(`${what} is not at a whole number of ms`);
    if (atMs <= warmUpMs || atMs >= lengthMs) {
      throw new RangeError(
        `${what} is not between the end of the warm-up (${warmUpMs} ms) and the end (${lengthMs} ms)`,
      );
    }
    if (!known.has(backend)) throw new RangeError(`${what} is about a backend that is not there`);
    const state = states.get(backend);
    if (!POSSIBLE[kind].includes(state)) {
      throw new RangeError(
        `${what} cannot happen: it ${state === undefined ? "has not joined yet" : `is ${state}`} then`,
      );
    }
    states.set(backend, BECOMES[kind]);
  }
  const idle = joining.find(({ id }) => !states.has(id));
  if (idle !== undefined) throw new RangeError(`${idle.id} is to join, but no change says when`);
}
