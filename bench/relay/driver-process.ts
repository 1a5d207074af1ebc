import type { Measurement } from "./measure.ts";
import { measure } from "./measure.ts";
import { measureRequest } from "./messages.ts";
import { Pattern } from "./pattern.ts";
import { processTree } from "./process-usage.ts";
import { serveParent } from "./serve-parent.ts";
import { WORKLOADS } from "./workloads.ts";

// The process that makes the load. It reads the balancer's CPU time itself, in the same tick as its own counters.

let shared: { readonly seed: number; readonly pattern: Pattern } | undefined;

serveParent(async (message): Promise<Measurement> => {
  const { workload: id, target, rootPid, windows, seed } = measureRequest.parse(message);
  const workload = WORKLOADS.find((candidate) => candidate.id === id);
  if (workload === undefined) throw new Error(`no workload ${id}`);
  if (shared?.seed !== seed) shared = { seed, pattern: new Pattern(seed) };
  return measure(workload, { target, pattern: shared.pattern, seed }, windows, processTree(rootPid));
});
