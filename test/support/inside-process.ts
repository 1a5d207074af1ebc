/**
 * Loaded before the program (`--import`) to see it from inside: answers every message of the parent with a measurement,
 * after a garbage collection. Needs --expose-gc and an IPC channel; keeps the program from nothing, ending included.
 */
import { readdirSync } from "node:fs";

/** What a process looks like from inside. */
export interface Measurement {
  readonly heapBytes: number;
  readonly descriptors: number;
  /** What keeps the event loop busy, by kind, e.g. `{ TCPServerWrap: 1 }`; timers are `Timeout`, unref'ed ones are not counted. */
  readonly resources: Readonly<Record<string, number>>;
}

function measurement(): Measurement {
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    heapBytes: process.memoryUsage().heapUsed,
    descriptors: readdirSync("/proc/self/fd").length,
    resources,
  };
}

process.on("message", () => {
  globalThis.gc?.();
  process.send?.(measurement());
});
process.channel?.unref();
