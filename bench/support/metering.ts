import { setTimeout as delay } from "node:timers/promises";
import type { Load } from "./load.ts";
import { cpuTimeNs, residentBytes } from "./process-usage.ts";

/** After the last answer the balancer may still be closing sockets; that belongs to the work. */
const SETTLE_MS = 20;
/** Longer than any work in good order: a balancer that loses a byte would keep its client waiting for ever. */
const STALL_MS = 15_000;

/** How long to work before and while measuring, in ms. */
export interface Windows {
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** What one workload did to one balancer in one round. */
export interface Measurement {
  /** What the workload counts: round trips, MB, connections, requests. */
  readonly operations: number;
  /** Bytes of pattern sent through and checked. */
  readonly bytes: number;
  /** From the first operation until all was quiet, in ns. */
  readonly wallNs: number;
  /** CPU time of all the balancer's processes in that time, in ns. */
  readonly cpuNs: number;
  /** Growth of their resident memory in that time, in bytes. */
  readonly memoryBytes: number;
}

/** A measurement before steps have become operations. */
export interface Metered {
  readonly steps: number;
  readonly wallNs: number;
  readonly cpuNs: number;
  readonly memoryBytes: number;
}

/**
 * Runs a load against the balancer whose processes are `pids`. CPU time is read when everything is at rest, before and
 * after, so that each step is counted whole.
 * @throws Error when the load fails or does not come to its end
 */
export function meteredLoad(load: Load, windows: Windows, pids: readonly number[]): Promise<Metered> {
  return guarded(load, windows, async () => {
    await load.open();
    await load.workUntil(performance.now() + windows.warmUpMs);
    await delay(SETTLE_MS);
    const result = await metered(pids, () => load.workUntil(performance.now() + windows.windowMs));
    await load.close();
    return result;
  });
}

/** What `work` costs the processes; it resolves to the steps done. */
export async function metered(pids: readonly number[], work: () => Promise<number>): Promise<Metered> {
  const memory = residentBytes(pids);
  const cpu = cpuTimeNs(pids);
  const startMs = performance.now();
  const steps = await work();
  const wallNs = Math.round((performance.now() - startMs) * 1e6);
  await delay(SETTLE_MS);
  return { steps, wallNs, cpuNs: cpuTimeNs(pids) - cpu, memoryBytes: residentBytes(pids) - memory };
}

/** Runs `work` under a watchdog; resets the load's connections when it fails. */
export async function guarded<T>(load: Pick<Load, "destroy">, windows: Windows, work: () => Promise<T>): Promise<T> {
  const limitMs = windows.warmUpMs + windows.windowMs + STALL_MS;
  const watchdog = new AbortController();
  const stalled = delay(limitMs, undefined, { signal: watchdog.signal }).then(() => {
    throw new Error(`stalled: no end after ${limitMs} ms`);
  });
  stalled.catch(() => {});
  try {
    return await Promise.race([work(), stalled]);
  } catch (error) {
    load.destroy();
    throw error;
  } finally {
    watchdog.abort();
  }
}
