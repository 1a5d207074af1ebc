import type { LoadContext } from "../support/load.ts";
import { guarded, type Measurement, type Metered, metered, meteredLoad, type Windows } from "../support/metering.ts";
import { IdleLoad, loadOf } from "./loads.ts";
import { bytesPerStep, operationsPerStep, type RelayWorkload } from "./workloads.ts";

/**
 * Runs a workload against the balancer whose processes are `pids`.
 * @throws Error when bytes are lost, doubled, changed or do not arrive in time, or when a connection ends unasked.
 */
export async function measure(
  workload: RelayWorkload,
  context: LoadContext,
  windows: Windows,
  pids: readonly number[],
): Promise<Measurement> {
  const { traffic } = workload;
  const { steps, ...rest } =
    traffic.kind === "idle"
      ? await meteredIdle(traffic, context, windows, pids)
      : await meteredLoad(loadOf(traffic, context), windows, pids);
  return { operations: steps * operationsPerStep(traffic), bytes: steps * bytesPerStep(traffic), ...rest };
}

function meteredIdle(
  traffic: { readonly base: number; readonly connections: number },
  context: LoadContext,
  windows: Windows,
  pids: readonly number[],
): Promise<Metered> {
  const load = new IdleLoad(context);
  return guarded(load, windows, async () => {
    await load.add(traffic.base);
    const result = await metered(pids, async () => {
      await load.add(traffic.connections);
      return traffic.connections;
    });
    await load.close();
    return result;
  });
}
