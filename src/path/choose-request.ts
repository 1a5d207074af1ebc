import type { BackendId } from "../model/backend.ts";
import type { Skip } from "../model/choice.ts";
import type { NewSessionPicker } from "./new-session.ts";

export interface ChoosePolicy {
  /** 0 = off, else ≥ 1.01: no backend above this many fair shares. */
  readonly boundedLoad: number;
  readonly onDown: "rehash" | "reject" | "wait";
}

/** What is known about the client and its attempt. */
export interface ChooseRequest {
  readonly keyHash: number;
  /**
   * Named by a cookie or a session id: a member of either tier, or one that drains. Looked up before everything else; ON_DOWN
   * and the queue are about it. An id of nobody counts as none.
   */
  readonly bound?: BackendId | undefined;
  /** `bound` may be draining (DRAIN_COOKIES). */
  readonly boundMayDrain?: boolean | undefined;
  /** Where an earlier overflow or failover put the client. */
  readonly pinned?: BackendId | undefined;
  /** Where a request of the same browser has just gone: taken if it can take a new session, otherwise nothing. */
  readonly hinted?: BackendId | undefined;
  /** Chooses for those who belong nowhere; undefined = the order of the hash table. */
  readonly picker?: NewSessionPicker | undefined;
  /** If not to `bound` it belongs nowhere: where the hash places it is as good as any other, whatever ON_DOWN says. */
  readonly isFree?: boolean | undefined;
  /** The client is heavy and spread over its first `over` backends; `start` is the one for this connection, 0 … over−1. */
  readonly split?: { readonly over: number; readonly start: number } | undefined;
  readonly tried?: ReadonlySet<BackendId> | undefined;
  /** There is room to wait for a full home. */
  readonly mayQueue: boolean;
  readonly nowMs: number;
}

/** Receives every candidate that was passed over, for `lengket route`. */
export type SkipTrace = (skip: Skip) => void;
