import type { Goal } from "../support/goals.ts";

/** What `--check` demands. */
export const GOALS: readonly Goal[] = [
  { workload: "keep-alive", of: ["haproxy", "nginx"], atMost: 1.25 },
  { workload: "close", of: ["haproxy"], atMost: 1.2 },
  // "At least 2.5 times less."
  { workload: "keep-alive", of: ["http-proxy-3"], atMost: 0.4 },
];
