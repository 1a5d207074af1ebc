import type { Backend } from "../model/backend.ts";
import type { ConfigProblem } from "../model/failure.ts";
import { type BackendDraft, duplicateIds } from "./types/backend-draft.ts";

/** A backend and how the operator knows its place: `LENGKET_BACKENDS[2]`, `backends.txt:7`. */
export interface PlacedBackend {
  readonly draft: BackendDraft;
  readonly where: string;
  readonly text: string;
}

/** Gives backends without a `max=` the default ceiling. */
export function resolveBackends(placed: readonly PlacedBackend[], defaultMax: number): readonly Backend[] {
  return placed.map(({ draft }) => ({ ...draft, maxConnections: draft.maxConnections ?? defaultMax }));
}

/** Ids that are used both in BACKENDS and in BACKENDS_FILE. */
export function duplicateBackends(placed: readonly PlacedBackend[]): readonly ConfigProblem[] {
  return duplicateIds(placed, ({ where }) => where).map(({ backend: { where, text: value }, problem, hint }) => ({
    where,
    value,
    problem,
    hint,
  }));
}
