import type { Workload } from "../support/workload.ts";

/** What one load does to the balancer. */
export type Traffic =
  /** Closed loop: each connection sends `messageBytes`, waits for all of them to come back, sends the next. */
  | { readonly kind: "round-trips"; readonly messageBytes: number; readonly connections: number }
  /** One way: each connection sends (or asks for) transfers of `transferBytes`, one after the other. */
  | {
      readonly kind: "bulk";
      readonly direction: "to-backend" | "to-client";
      readonly transferBytes: number;
      readonly connections: number;
    }
  /** Connect, one round trip, close; `concurrency` at a time, from ever new source addresses. */
  | { readonly kind: "connections"; readonly messageBytes: number; readonly concurrency: number }
  /** Open `connections` after `base` of them, one round trip each, then leave them alone: the growth of resident memory. */
  | { readonly kind: "idle"; readonly base: number; readonly connections: number };

export interface RelayWorkload extends Workload {
  readonly traffic: Traffic;
}

const MEGABYTE = 1_000_000;

const REHEARSAL_MS = 150;
/** A connection runs much code, and each piece of it only once: until all is compiled it takes tens of thousands of them. */
const CONNECTIONS_REHEARSAL_MS = 4000;

/** Everything that is measured, in the order of the table. */
export const WORKLOADS: readonly RelayWorkload[] = [
  {
    id: "round-trip-64",
    title: "64 B round trip",
    unit: "µs",
    rehearsalMs: REHEARSAL_MS,
    traffic: { kind: "round-trips", messageBytes: 64, connections: 50 },
  },
  {
    id: "round-trip-16k",
    title: "16 KiB round trip",
    unit: "µs",
    rehearsalMs: REHEARSAL_MS,
    traffic: { kind: "round-trips", messageBytes: 16_384, connections: 50 },
  },
  {
    id: "bulk-to-backend",
    title: "bulk up, per MB",
    unit: "µs",
    rehearsalMs: REHEARSAL_MS,
    traffic: { kind: "bulk", direction: "to-backend", transferBytes: 4 * MEGABYTE, connections: 8 },
  },
  {
    id: "bulk-to-client",
    title: "bulk down, per MB",
    unit: "µs",
    rehearsalMs: REHEARSAL_MS,
    traffic: { kind: "bulk", direction: "to-client", transferBytes: 4 * MEGABYTE, connections: 8 },
  },
  {
    id: "connection",
    title: "connect+64 B+close",
    unit: "µs",
    rehearsalMs: CONNECTIONS_REHEARSAL_MS,
    traffic: { kind: "connections", messageBytes: 64, concurrency: 32 },
  },
  {
    id: "idle",
    title: "idle connection",
    unit: "KiB",
    rehearsalMs: REHEARSAL_MS,
    traffic: { kind: "idle", base: 500, connections: 2_000 },
  },
];

/** Operations in one step of a load: the MB of a bulk transfer, otherwise one. */
export function operationsPerStep(traffic: Traffic): number {
  return traffic.kind === "bulk" ? traffic.transferBytes / MEGABYTE : 1;
}

/** Bytes of pattern that one step carries through the balancer, both directions together. */
export function bytesPerStep(traffic: Traffic): number {
  switch (traffic.kind) {
    case "round-trips":
    case "connections":
      return 2 * traffic.messageBytes;
    case "bulk":
      return traffic.transferBytes;
    case "idle":
      return 2 * 64;
  }
}
