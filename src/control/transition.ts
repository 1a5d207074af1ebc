import type { BackendId } from "../model/backend.ts";

/**
 * `added`, `removed`: it came into or left the list · `drained`: a draining backend has no connection left ·
 * `reweighted`, `address-changed`, `reconfigured`: the list says something new about it · `health`: the verdict of the
 * active checks changed · `ejected`, `ejection-ended`: passive checks · `draining`, `undrained` ·
 * `drain-deadline`: DRAIN_TIMEOUT passed · `panic`, `panic-ended`: about the whole cluster, without an id.
 */
export type TransitionKind =
  | "added"
  | "removed"
  | "drained"
  | "reweighted"
  | "address-changed"
  | "reconfigured"
  | "health"
  | "ejected"
  | "ejection-ended"
  | "draining"
  | "undrained"
  | "drain-deadline"
  | "panic"
  | "panic-ended";

/** Something changed that an operator wants to read about: one log line, as a value. */
export interface Transition {
  readonly kind: TransitionKind;
  /** Undefined when it is about the whole cluster. */
  readonly id: BackendId | undefined;
  readonly from: string;
  readonly to: string;
  /** The cause, in words: `3 checks failed: connect refused`. */
  readonly because: string;
}
