import type { HeadEdits } from "../../http/head-edits.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { BackendId } from "../../model/backend.ts";
import type { CookieOut } from "../../model/request-record.ts";
import type { ClusterSnapshot, Published } from "../../model/snapshot.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Binding } from "./affinity-binding.ts";

/** One request as affinity sees it. */
export interface AffinityRequest {
  readonly head: RequestHead;
  /** The client prefix as text. */
  readonly key: string;
  /** The hash of the client prefix. */
  readonly addressHash: number;
  /** What changes in the head on its way to the backend. */
  readonly edits: HeadEdits;
  /** Monotonic. */
  readonly nowMs: number;
}

/** What the modes need of the rest of the data plane. */
export interface AffinityParts {
  readonly published: Published<ClusterSnapshot>;
  readonly clock: Clock;
  /** HASH_SEED. */
  readonly hashSeed: number;
}

/** One COOKIE_MODE: what it reads from a request, and what it writes in the answer. */
export interface AffinityMode {
  /** Fills in `binding`, which is that of a request without a word about its backend, and edits the head. */
  read(request: AffinityRequest, binding: Binding): void;
  /** Edits the head of the final answer of `backend`. */
  answer(binding: Binding, backend: BackendId, https: boolean, head: ResponseHead, edits: HeadEdits): CookieOut;
  /** Forgets everything. */
  close(): void;
}
