import type { TokenVerdict } from "../../http/affinity-token.ts";
import type { BackendId } from "../../model/backend.ts";
import type { ClusterSnapshot } from "../../model/snapshot.ts";
import { isClosedToBound, isOut } from "../eligibility.ts";
import { findMember } from "../find-member.ts";
import type { Binding } from "./affinity-binding.ts";

/** Whether a request that belongs on `id` can go there as far as the checks say; its load does not matter. */
export function isUsable(snapshot: ClusterSnapshot, id: BackendId, nowMs: number, mayDrain: boolean): boolean {
  const member = findMember(snapshot, id);
  return member !== undefined && !isClosedToBound(member, nowMs, mayDrain) && (snapshot.panic || !isOut(member));
}

/**
 * Finds the word that counts among several: a browser sends more than one cookie of a name when they were set for other
 * paths, domains or partitions. The first that names a usable backend wins; without one the first that names a backend at all;
 * and then what tells most of why there is none.
 *
 * One object serves one request after another: `begin`, `hear` for each, `writeTo`.
 */
export class BestWord {
  readonly #mayDrain: boolean;
  #snapshot: ClusterSnapshot | undefined;
  #nowMs = 0;
  #best: TokenVerdict | undefined;

  /** @param mayDrain a draining backend is usable (DRAIN_COOKIES) */
  constructor(mayDrain: boolean) {
    this.#mayDrain = mayDrain;
  }

  begin(snapshot: ClusterSnapshot, nowMs: number): void {
    this.#snapshot = snapshot;
    this.#nowMs = nowMs;
    this.#best = undefined;
  }

  hear(verdict: TokenVerdict): void {
    // Whether a backend is usable is looked up only when there are two to compare.
    if (this.#best === undefined || this.#rank(verdict) > this.#rank(this.#best)) this.#best = verdict;
  }

  /** @param rejects a bad word and no good one refuses the request (COOKIE_INVALID) */
  writeTo(binding: Binding, rejects: boolean): void {
    const best = this.#best;
    if (best === undefined) return;
    binding.received = best.state;
    if (best.state !== "valid") {
      binding.refused = rejects;
      return;
    }
    binding.bound = best.backend;
    binding.reissue = best.reissue;
    binding.issuedAtMs = best.issuedAtMs;
  }

  #rank(verdict: TokenVerdict): number {
    switch (verdict.state) {
      case "invalid":
        return 0;
      case "unknown":
        return 1;
      case "expired":
      case "old":
        return 2;
      case "valid": {
        const snapshot = this.#snapshot;
        const usable = snapshot !== undefined && isUsable(snapshot, verdict.backend, this.#nowMs, this.#mayDrain);
        return usable ? 4 : 3;
      }
    }
  }
}
