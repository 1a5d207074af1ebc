import type { Choice, Chosen, SkipReason } from "../model/choice.ts";
import type { ClusterSnapshot, Member } from "../model/snapshot.ts";
import type { ChoosePolicy, ChooseRequest, SkipTrace } from "./choose-request.ts";
import { isOut, LoadBound, type Situation, whyBoundSkipped } from "./eligibility.ts";

/** The request goes on as a new session. */
export interface Moves {
  readonly kind: "moves";
  readonly because: "failover" | "overflow";
}

/**
 * What becomes of a request that belongs on `member`. Slow start does not matter, since it belongs there already; the limit
 * and the bounded load do, and are worth a wait. For everything else ON_DOWN decides, about this member and no other.
 *
 * A draining member takes what belongs there until its DRAIN_TIMEOUT is over. The bounded load is not asked about one that
 * drains: it has no share of what is coming.
 */
export function chooseBound(
  snapshot: ClusterSnapshot,
  member: Member,
  situation: Situation,
  request: ChooseRequest,
  policy: ChoosePolicy,
  trace: SkipTrace | undefined,
): Choice | Moves {
  const skipped =
    whyBoundSkipped(member, situation, request.boundMayDrain === true) ??
    (isOverBound(snapshot, member, situation, policy) ? "over-bound" : undefined);
  if (skipped === undefined) return stays(member, situation.panic);
  trace?.({ id: member.backend.id, because: skipped });
  return instead(member, skipped, request.mayQueue, policy.onDown);
}

function stays(member: Member, panic: boolean): Chosen {
  const reason = panic && isOut(member) ? "panic" : "sticky";
  // No order was made, so there is no rank in it.
  return { kind: "chosen", member, rank: -1, reason, home: member.backend.id };
}

function isOverBound(
  snapshot: ClusterSnapshot,
  member: Member,
  situation: Situation,
  { boundedLoad }: ChoosePolicy,
): boolean {
  if (boundedLoad === 0 || member.lifecycle === "draining") return false;
  const tier = member.backend.backup ? snapshot.backup : snapshot.primary;
  return !new LoadBound(boundedLoad, tier, situation, true).admits(member);
}

function instead(
  member: Member,
  because: SkipReason,
  mayQueue: boolean,
  onDown: ChoosePolicy["onDown"],
): Choice | Moves {
  switch (because) {
    case "full":
    case "over-bound":
      if (mayQueue) return { kind: "wait", for: member, because: "full" };
      return onDown === "rehash" ? { kind: "moves", because: "overflow" } : { kind: "refused", because: "home-full" };
    case "down":
    case "ejected":
      if (onDown === "wait") return { kind: "wait", for: member, because: "down" };
      return onDown === "rehash" ? { kind: "moves", because: "failover" } : { kind: "refused", because: "home-down" };
    case "tried":
      return onDown === "rehash" ? { kind: "moves", because: "failover" } : { kind: "refused", because: "home-down" };
    case "draining":
    case "ramping":
      return { kind: "moves", because: "failover" };
  }
}
