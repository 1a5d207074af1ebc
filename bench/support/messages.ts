import { z } from "zod";

/** What the driver process is asked to do. */
export const measureRequest = z.object({
  workload: z.string(),
  target: z.object({ host: z.string(), port: z.number() }),
  /** The balancer's first process; its descendants count too. */
  rootPid: z.number(),
  windows: z.object({ warmUpMs: z.number(), windowMs: z.number() }),
  seed: z.number(),
});
export type MeasureRequest = z.infer<typeof measureRequest>;

/** What it answers: see Measurement in metering.ts. */
export const measurement = z.object({
  operations: z.number(),
  bytes: z.number(),
  wallNs: z.number(),
  cpuNs: z.number(),
  memoryBytes: z.number(),
});

/** What the backend process is asked to do, and its answer. */
export const listenRequest = z.object({ hosts: z.array(z.string()), seed: z.number() });
export type ListenRequest = z.infer<typeof listenRequest>;
export const listening = z.object({ ports: z.array(z.number()) });

/** Every answer of a child process: what was asked for, or why not. */
export const reply = z.union([
  z.object({ kind: z.literal("done"), value: z.unknown() }),
  z.object({ kind: z.literal("failed"), problem: z.string() }),
]);
export type Reply = z.infer<typeof reply>;
