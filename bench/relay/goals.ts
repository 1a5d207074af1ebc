import type { Goal } from "../support/goals.ts";

/** What `--check` demands. */
export const GOALS: readonly Goal[] = [
  { workload: "round-trip-64", of: ["haproxy"], atMost: 1.4 },
  { workload: "bulk-to-backend", of: ["haproxy"], atMost: 0.6 },
  { workload: "bulk-to-client", of: ["haproxy"], atMost: 0.6 },
];
