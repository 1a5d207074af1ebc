import type { ClusterSnapshot } from "../../../src/model/snapshot.ts";
import { type Changes, clusterOf } from "../clusters.ts";
import type { AnswerPlan } from "./answers.ts";
import type { RequestPlan } from "./requests.ts";

export type BackendState = "up" | "down" | "draining" | "limited" | "moved" | "gone";

/** Something that can happen at any time. `at` picks one of the connections there are, the newest first. */
export type Step =
  | { readonly does: "accept"; readonly room: number | undefined; readonly asks: readonly RequestPlan[] }
  | { readonly does: "send"; readonly at: number; readonly bytes: number | undefined }
  | { readonly does: "connect"; readonly at: number; readonly failure: string | undefined }
  | { readonly does: "answer"; readonly at: number; readonly plan: AnswerPlan; readonly early: boolean }
  | { readonly does: "interim"; readonly at: number }
  | { readonly does: "hangUp"; readonly at: number; readonly failure: string | undefined }
  | { readonly does: "say"; readonly at: number; readonly bytes: number }
  | { readonly does: "stray"; readonly at: number }
  | { readonly does: "deliver" | "grant"; readonly side: Side; readonly at: number; readonly bytes: number | undefined }
  | { readonly does: "fin"; readonly side: Side; readonly at: number }
  | { readonly does: "fail"; readonly side: Side; readonly at: number; readonly code: string }
  | { readonly does: "pass"; readonly ms: number }
  | { readonly does: "publish"; readonly states: readonly BackendState[] }
  | { readonly does: "closeBackend"; readonly slot: number; readonly politely: boolean }
  | { readonly does: "closeAll"; readonly politely: boolean }
  | { readonly does: "leave"; readonly idleToo: boolean }
  | { readonly does: "run" }
  | { readonly does: "work"; readonly answers: boolean };
export type Side = "client" | "backend";

const STATES: Readonly<Record<Exclude<BackendState, "gone">, Changes>> = {
  up: {},
  down: { health: "unhealthy" },
  draining: { lifecycle: "draining" },
  limited: { of: { maxConnections: 1 } },
  moved: { of: { port: 2001 } },
};

/** Backends a, b and c in these states. */
export function clusterIn(states: readonly BackendState[], version: number): ClusterSnapshot {
  const entries = states.flatMap((state, slot): [string, Changes][] => {
    if (state === "gone") return [];
    const { of, ...member } = STATES[state];
    return [["abc"[slot] ?? "?", { ...member, slot, of: { port: 1001 + slot, ...of } }]];
  });
  return clusterOf(Object.fromEntries(entries), { version });
}
