import type { LoadContext } from "./load.ts";
import { measureRequest } from "./messages.ts";
import type { Measurement, Windows } from "./metering.ts";
import { Pattern } from "./pattern.ts";
import { processTree } from "./process-usage.ts";
import { serveParent } from "./serve-parent.ts";
import type { Workload } from "./workload.ts";

/** Runs one workload against the balancer whose processes are `pids`. */
export type Measure<W extends Workload> = (
  workload: W,
  context: LoadContext,
  windows: Windows,
  pids: readonly number[],
) => Promise<Measurement>;

/** Makes this process the one that makes the load. It reads the balancer's CPU time itself, in the same tick as its own counters. */
export function serveDriver<W extends Workload>(workloads: readonly W[], measure: Measure<W>): void {
  let shared: { readonly seed: number; readonly pattern: Pattern } | undefined;
  serveParent(async (message): Promise<Measurement> => {
    const { workload: id, target, rootPid, windows, seed } = measureRequest.parse(message);
    const workload = workloads.find((candidate) => candidate.id === id);
    if (workload === undefined) throw new Error(`no workload ${id}`);
    if (shared?.seed !== seed) shared = { seed, pattern: new Pattern(seed) };
    return measure(workload, { target, pattern: shared.pattern, seed }, windows, processTree(rootPid));
  });
}
