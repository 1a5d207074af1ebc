import { type Quantile, quantileOf } from "../populations/law.ts";
import type { Population } from "../populations/population.ts";
import { exponential, naturalLog, normalQuantile } from "../populations/portable-math.ts";
import { createSeededRandom } from "../seeded-random.ts";
import type { TimePlan } from "./time-plan.ts";

/** Ours, as in the built-in populations; for logs, which do not tell. */
const UNKNOWN_MEAN = 6;
/** Ours: of the logarithm of a connection's length; 1 makes one in forty longer than seven medians. */
const SIGMA = 1;
/** About fifteen times as many as the default plan has: each policy takes some seconds then, and all of it half a gigabyte. */
const MOST_CONNECTIONS = 2_000_000;

/** The connections of all sessions, session after session. Times are whole ms, so that sums of them are exact. */
export interface DrawnConnections {
  /** By session, and one behind the last: the number of its first connection. The others follow, in the order of time. */
  readonly firstOf: Uint32Array;
  /** By connection. */
  readonly sessionOf: Uint32Array;
  readonly startMs: Float64Array;
  /** Above `startMs`, below the start of the session's next one; what would last longer ends with the simulation. */
  readonly endMs: Float64Array;
}

/**
 * The connections of each session, one after another until the simulation is over. All laws are ours; no source in reach
 * has them for sessions behind shared addresses.
 * - How many: geometric (as many as it takes when each may be the last), with the mean of the address's group of the
 *   population; 6 for a log.
 * - How long: lognormal with σ = 1: most are short, some very long.
 * - Pauses between: exponential, as of somebody who may go on at any moment.
 */
export function drawConnections(
  population: Population,
  addressOf: Float64Array,
  arrivals: Float64Array,
  plan: TimePlan,
): DrawnConnections {
  const { seed, lengthMs, pauseMs } = plan;
  const laws = howMany(population);
  const counts = createSeededRandom(seed, "connections of sessions");
  const lengths = createSeededRandom(seed, "lengths of connections");
  const pauses = createSeededRandom(seed, "pauses of sessions");
  const middle = naturalLog(plan.connectionMs) - (SIGMA * SIGMA) / 2;
  const length = (): number => wholeMs(exponential(middle + SIGMA * normalQuantile(lengths.next())));
  const pause = (): number => wholeMs(-pauseMs * naturalLog(pauses.next()));

  const firstOf = new Uint32Array(addressOf.length + 1);
  const sessionOf: number[] = [];
  const startMs: number[] = [];
  const endMs: number[] = [];
  addressOf.forEach((address, session) => {
    firstOf[session] = startMs.length;
    let nowMs = arrivals[session] ?? 0;
    const law = laws[population.groupOf[address] ?? 0];
    for (let left = law?.(counts.next()) ?? 1; left > 0 && nowMs < lengthMs; left--) {
      const until = Math.min(nowMs + length(), lengthMs);
      sessionOf.push(session);
      startMs.push(nowMs);
      endMs.push(until);
      nowMs = until + pause();
    }
    if (startMs.length > MOST_CONNECTIONS) {
      throw new RangeError(
        `the sessions make more than ${MOST_CONNECTIONS} connections: plan fewer sessions or longer pauses`,
      );
    }
  });
  firstOf[addressOf.length] = startMs.length;
  return {
    firstOf,
    sessionOf: Uint32Array.from(sessionOf),
    startMs: Float64Array.from(startMs),
    endMs: Float64Array.from(endMs),
  };
}

/** By group: how many connections a session makes. */
function howMany({ users, connections, groups, groupOf }: Population): readonly Quantile[] {
  if (users === undefined) return groups.map(() => quantileOf({ law: "geometric", mean: UNKNOWN_MEAN }));
  const sums = groups.map(() => ({ users: 0, connections: 0 }));
  users.forEach((ofAddress, address) => {
    const sum = sums[groupOf[address] ?? 0];
    if (sum === undefined) return;
    sum.users += ofAddress;
    sum.connections += connections[address] ?? 0;
  });
  return sums.map((sum) =>
    quantileOf({ law: "geometric", mean: Math.max(1, sum.users > 0 ? sum.connections / sum.users : 1) }),
  );
}

/** At least 1: what takes no time has no load. */
function wholeMs(ms: number): number {
  return Math.max(1, Math.round(ms));
}
