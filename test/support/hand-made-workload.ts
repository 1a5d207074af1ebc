import type { ComparedBackend, PolicyBalancer } from "../../src/skew/policies/compared-policy.ts";
import { createPolicyBalancer } from "../../src/skew/policies/create-policy-balancer.ts";
import { type Course, courseOf } from "../../src/skew/simulation/course.ts";
import { createTimePlan } from "../../src/skew/simulation/create-time-plan.ts";
import { type Replayed, replay } from "../../src/skew/simulation/replay.ts";
import type { PlannedChange } from "../../src/skew/simulation/time-study.ts";
import { type Client, eventsOf, type Workload } from "../../src/skew/simulation/workload.ts";

/** A session by hand: where it comes from, and when its connections begin and end. */
export interface HandMadeSession {
  readonly client: Client;
  readonly connections: readonly (readonly [startMs: number, endMs: number])[];
}

/** @param sessions - in the order in which they come */
export function workloadOf(sessions: readonly HandMadeSession[]): Workload {
  const firstOf = [0];
  for (const { connections } of sessions) firstOf.push((firstOf.at(-1) ?? 0) + connections.length);
  const times = sessions.flatMap(({ connections }) => connections);
  const startMs = Float64Array.from(times, ([start]) => start);
  const endMs = Float64Array.from(times, ([, end]) => end);
  return {
    clientOf: sessions.map(({ client }) => client),
    firstOf: Uint32Array.from(firstOf),
    sessionOf: Uint32Array.from(sessions.flatMap(({ connections }, session) => connections.map(() => session))),
    startMs,
    endMs,
    events: eventsOf(startMs, endMs),
  };
}

export function backendsOf(count: number): readonly ComparedBackend[] {
  return Array.from({ length: count }, (_, i) => ({ id: `s${i + 1}`, address: `10.0.0.${i + 1}:80`, weight: 1 }));
}

/** The n-th client of a list without end. */
export function clientNumbered(n: number): Client {
  return { bytes: Uint8Array.of(20, n >> 8, n & 255, 7), text: `20.${n >> 8}.${n & 255}.7` };
}

/** So many clients whose home under `policy` is the backend of that index. */
export function clientsAt(
  policy: string,
  backends: readonly ComparedBackend[],
  home: number,
  count: number,
): readonly Client[] {
  const balancer = createPolicyBalancer(policy, backends);
  return Array.from({ length: 1_000 }, (_, n) => clientNumbered(n))
    .filter((client) => {
      const placed = balancer.place({ ...client, user: 0, nowMs: 0 });
      placed?.close(0);
      balancer.forget(0);
      return placed?.home === home;
    })
    .slice(0, count);
}

/** Ten seconds, of which one is the warm-up. */
export function tenSeconds(
  backends: readonly ComparedBackend[],
  changes: readonly (readonly [atMs: number, kind: PlannedChange["kind"], backend: string])[],
): Course {
  const planned = changes.map(([atMs, kind, backend]) => ({ atMs, kind, backend }));
  return courseOf(createTimePlan(backends, { lengthMs: 10_000, warmUpMs: 1_000, changes: planned }), backends);
}

/** Plays sessions to a policy, or to a balancer of one's own. */
export function play(policy: string | PolicyBalancer, course: Course, sessions: readonly HandMadeSession[]): Replayed {
  const atStart = course.backends.slice(0, course.atStart);
  const balancer = typeof policy === "string" ? createPolicyBalancer(policy, atStart) : policy;
  return replay(workloadOf(sessions), course, balancer);
}
