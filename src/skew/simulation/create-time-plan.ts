import type { ComparedBackend } from "../policies/compared-policy.ts";
import { checkChanges } from "./check-changes.ts";
import { defaultChanges, nextBackend } from "./default-changes.ts";
import type { TimePlan } from "./time-plan.ts";

/** Ours: enough that 1 % of them is 200, and few enough that a policy takes about a second. */
const SESSIONS = 20_000;
/** Ours: the time in which a failure is noticed, repaired and forgotten again. */
const LENGTH_MS = 3_600_000;
/** Of the length. At the default a quarter of an hour, nearly three sessions of the mean length one after another. */
const WARM_UP = 1 / 4;
/** Ours: a page with what it loads over a kept-alive connection, and the reading of it. */
const CONNECTION_MS = 30_000;
const PAUSE_MS = 30_000;

const MOST_SESSIONS = 200_000;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 86_400_000;
const HIGHEST_SEED = 2 ** 32 - 1;

/**
 * A plan whose unsaid parts are the defaults, all of them ours: 20,000 sessions in an hour whose first quarter is the warm-up;
 * connections of 30 s on average with pauses of 30 s between them, so that with six connections a user a session takes 5½
 * minutes and about a thousand connections are open; {@link defaultChanges}, with one more backend like the last that joins.
 *
 * @param backends - at the start
 * @throws RangeError for what {@link checkTimePlan} does not accept
 */
export function createTimePlan(backends: readonly ComparedBackend[], given: Partial<TimePlan> = {}): TimePlan {
  const { lengthMs = LENGTH_MS } = given;
  const changes = given.changes ?? defaultChanges(backends, lengthMs);
  const joined = nextBackend(backends);
  const plan: TimePlan = {
    seed: given.seed ?? 1,
    sessions: given.sessions ?? SESSIONS,
    lengthMs,
    warmUpMs: given.warmUpMs ?? Math.round(lengthMs * WARM_UP),
    connectionMs: given.connectionMs ?? CONNECTION_MS,
    pauseMs: given.pauseMs ?? PAUSE_MS,
    changes,
    joining:
      given.joining ??
      changes.filter(({ kind, backend }) => kind === "joins" && backend === joined.id).map(() => joined),
  };
  checkTimePlan(plan, backends);
  return plan;
}

/**
 * @param backends - at the start
 * @throws RangeError that says what of the plan cannot be done
 */
export function checkTimePlan(plan: TimePlan, backends: readonly ComparedBackend[]): void {
  const { seed, sessions, lengthMs, warmUpMs, connectionMs, pauseMs } = plan;
  if (backends.length === 0) throw new RangeError("there are no backends to simulate");
  inRange("the seed", seed, 0, HIGHEST_SEED, true);
  inRange("the number of sessions", sessions, 1, MOST_SESSIONS, true);
  inRange("the length in ms", lengthMs, SHORTEST_MS, LONGEST_MS, true);
  inRange("the warm-up in ms", warmUpMs, 0, lengthMs - 1, true);
  inRange("the mean length of connections in ms", connectionMs, 1, LONGEST_MS, false);
  inRange("the mean pause in ms", pauseMs, 1, LONGEST_MS, false);
  checkChanges(plan, backends);
}

function inRange(what: string, value: number, least: number, most: number, whole: boolean): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  throw new RangeError(`${what} is ${value}, not ${whole ? "a whole number " : ""}from ${least} to ${most}`);
}
