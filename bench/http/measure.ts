import type { LoadContext } from "../support/load.ts";
import { type Measurement, meteredLoad, type Windows } from "../support/metering.ts";
import { loadOf } from "./loads.ts";
import type { HttpWorkload } from "./workloads.ts";

/**
 * Runs a workload against the balancer whose processes are `pids`.
 * @throws Error when an answer is not the one that was to come, comes from another backend than its cookie says, or does
 *   not come in time, or when a connection ends unasked.
 */
export async function measure(
  { traffic }: HttpWorkload,
  context: LoadContext,
  windows: Windows,
  pids: readonly number[],
): Promise<Measurement> {
  const { steps, ...rest } = await meteredLoad(loadOf(traffic, context), windows, pids);
  return { operations: steps, bytes: steps * (traffic.answerBytes + traffic.uploadBytes), ...rest };
}
