import type { BackendId } from "../model/backend.ts";
import type { Choice, ChoiceReason, SkipReason } from "../model/choice.ts";
import type { ClusterSnapshot, Member, Tier } from "../model/snapshot.ts";
import { chooseBound } from "./choose-bound.ts";
import { chooseHinted, choosePicked } from "./choose-new.ts";
import type { ChoosePolicy, ChooseRequest, SkipTrace } from "./choose-request.ts";
import { isOut, LoadBound, type Situation, whySkipped } from "./eligibility.ts";
import { findMember } from "./find-member.ts";
import type { LoadView } from "./ledger.ts";

export type { ChoosePolicy, ChooseRequest, SkipTrace } from "./choose-request.ts";

/**
 * Chooses a backend: order × eligibility × affinity, kept apart. The order is the table's, or a picker's for new sessions;
 * eligibility is one predicate plus the bounded load; what the request is bound to, a pin and a hint are looked up first, in
 * this order, and pass the same predicate. Each backend is considered at most three times (as the bound one, in the order,
 * and once more when all others are out and slow start alone kept it out), so a choice always terminates.
 */
export function choose(
  snapshot: ClusterSnapshot,
  request: ChooseRequest,
  policy: ChoosePolicy,
  load: LoadView,
  trace?: SkipTrace,
): Choice {
  const situation: Situation = {
    load,
    nowMs: request.nowMs,
    keyHash: request.keyHash,
    tried: request.tried,
    panic: snapshot.panic,
  };
  const bound = request.bound === undefined ? undefined : findMember(snapshot, request.bound);
  if (bound === undefined) {
    return chooseUnbound(snapshot, situation, request, request.isFree === true ? goingOn(policy) : policy, trace);
  }
  const outcome = chooseBound(snapshot, bound, situation, request, policy, trace);
  if (outcome.kind !== "moves") return outcome;
  return chooseMoved(snapshot, bound, outcome.because, situation, request, policy, trace);
}

/** Away from where it belongs, so any other will do: nobody waits for the next one. */
function chooseMoved(
  snapshot: ClusterSnapshot,
  from: Member,
  because: "failover" | "overflow",
  situation: Situation,
  request: ChooseRequest,
  policy: ChoosePolicy,
  trace: SkipTrace | undefined,
): Choice {
  const away: ChooseRequest = { ...request, pinned: undefined, split: undefined, mayQueue: false };
  const others: SkipTrace | undefined = trace && ((skip) => skip.id !== from.backend.id && trace(skip));
  const choice = chooseUnbound(snapshot, situation, away, goingOn(policy), others);
  if (choice.kind !== "chosen") return { kind: "refused", because: "none-eligible" };
  const { reason } = choice;
  // With the others in slow start, nobody but the one it belongs on may be left.
  const moved = choice.member === from ? "sticky" : because;
  const says = reason === "hint" || reason === "backup" || reason === "panic" ? reason : moved;
  return { ...choice, reason: says, home: from.backend.id };
}

/** Nobody is waited for, and nobody refused because one backend is out. */
function goingOn(policy: ChoosePolicy): ChoosePolicy {
  return policy.onDown === "rehash" ? policy : { ...policy, onDown: "rehash" };
}

function chooseUnbound(
  snapshot: ClusterSnapshot,
  situation: Situation,
  request: ChooseRequest,
  policy: ChoosePolicy,
  trace: SkipTrace | undefined,
): Choice {
  const { primary, backup } = snapshot;
  const first = primary.members.length > 0 ? primary : backup;
  if (first.members.length === 0) return { kind: "refused", because: "no-backends" };

  const pinned = request.pinned === undefined ? undefined : pinnedChoice(snapshot, request.pinned, situation, policy);
  if (pinned !== undefined) return pinned;
  const hinted = request.hinted === undefined ? undefined : chooseHinted(snapshot, situation, request, policy);
  if (hinted !== undefined) return hinted;

  const { picker } = request;
  const chosen =
    picker === undefined
      ? chooseIn(first, situation, request, policy, trace)
      : choosePicked(first, picker, situation, request, policy, trace);
  if (chosen !== undefined) return chosen;
  if (first === backup) return { kind: "refused", because: "none-eligible" };
  const home = homeOf(primary, request.keyHash);
  // Away from home anyway: any backup will do, so nobody waits for the first of them.
  const away = { ...request, mayQueue: false };
  const fallback = chooseIn(backup, situation, away, goingOn(policy), trace);
  if (fallback?.kind === "chosen") return { ...fallback, reason: "backup", home: home.backend.id };
  const isFull = picker === undefined && whySkipped(home, situation, true) === "full";
  return { kind: "refused", because: isFull ? "home-full" : "none-eligible" };
}

function memberAt(tier: Tier, position: number): Member {
  const member = tier.members[position];
  if (member === undefined) throw new RangeError(`table position ${position} has no member`);
  return member;
}

function homeOf(tier: Tier, keyHash: number): Member {
  return memberAt(tier, tier.table.owner(keyHash));
}

function chosen(member: Member, rank: number, reason: ChoiceReason, home: Member, panic: boolean): Choice {
  const isPanic = panic && isOut(member);
  return { kind: "chosen", member, rank, reason: isPanic ? "panic" : reason, home: home.backend.id };
}

function pinnedChoice(
  snapshot: ClusterSnapshot,
  pinned: BackendId,
  situation: Situation,
  policy: ChoosePolicy,
): Choice | undefined {
  const tier = snapshot.primary;
  const position = tier.members.findIndex((member) => member.backend.id === pinned);
  const member = tier.members[position];
  if (member === undefined || whySkipped(member, situation, true) !== undefined) return undefined;
  if (policy.boundedLoad > 0 && !new LoadBound(policy.boundedLoad, tier, situation, true).admits(member))
    return undefined;
  const rank = tier.table.order(situation.keyHash).indexOf(position);
  return chosen(member, rank, "pinned", homeOf(tier, situation.keyHash), snapshot.panic);
}

/** @param firstSkipped why the first candidate was passed over. */
function reasonAway(firstSkipped: SkipReason): ChoiceReason {
  switch (firstSkipped) {
    case "full":
    case "over-bound":
      return "overflow";
    case "ramping":
      return "ramping";
    default:
      return "failover";
  }
}

/** What ON_DOWN and the queue make of a home that cannot take the client; undefined = go on to the next candidate. */
function insteadOfMoving(
  home: Member,
  because: SkipReason,
  request: ChooseRequest,
  policy: ChoosePolicy,
): Choice | undefined {
  switch (because) {
    case "full":
      if (request.mayQueue) return { kind: "wait", for: home, because: "full" };
      return policy.onDown === "rehash" ? undefined : { kind: "refused", because: "home-full" };
    case "down":
    case "ejected":
      if (policy.onDown === "wait") return { kind: "wait", for: home, because: "down" };
      return policy.onDown === "reject" ? { kind: "refused", because: "home-down" } : undefined;
    case "tried":
      return policy.onDown === "rehash" ? undefined : { kind: "refused", because: "home-down" };
    case "draining":
    case "over-bound":
    case "ramping":
      return undefined;
  }
}

/**
 * The first candidate is the home; for a heavy client's part, the backend at which its part of the order begins. ON_DOWN and
 * the queue are about that one.
 */
function chooseIn(
  tier: Tier,
  situation: Situation,
  request: ChooseRequest,
  policy: ChoosePolicy,
  trace: SkipTrace | undefined,
): Choice | undefined {
  if (tier.members.length === 0) return undefined;
  const home = homeOf(tier, request.keyHash);
  const bound = policy.boundedLoad > 0 ? new LoadBound(policy.boundedLoad, tier, situation, false) : undefined;
  const firstRank = request.split === undefined ? 0 : splitRank(0, request.split, tier.members.length);
  const first = firstRank === 0 ? home : memberAt(tier, tier.table.order(request.keyHash)[firstRank] ?? -1);
  const firstSkipped = whyPassedOver(first, situation, bound, false);
  if (firstSkipped === undefined) {
    return chosen(first, firstRank, firstRank === 0 ? "home" : "nat-split", home, situation.panic);
  }
  trace?.({ id: first.backend.id, because: firstSkipped });
  const instead = insteadOfMoving(first, firstSkipped, request, policy);
  if (instead !== undefined) return instead;
  return chooseAway(tier, situation, request, policy, bound, firstSkipped, trace);
}

function whyPassedOver(
  member: Member,
  situation: Situation,
  bound: LoadBound | undefined,
  ignoreRamp: boolean,
): SkipReason | undefined {
  const skipped = whySkipped(member, situation, ignoreRamp);
  if (skipped !== undefined) return skipped;
  return bound === undefined || bound.admits(member) ? undefined : "over-bound";
}

/** The slower way: the whole order of the key, but for the first candidate, which was looked at already. */
function chooseAway(
  tier: Tier,
  situation: Situation,
  request: ChooseRequest,
  policy: ChoosePolicy,
  bound: LoadBound | undefined,
  firstSkipped: SkipReason,
  trace: SkipTrace | undefined,
): Choice | undefined {
  const home = homeOf(tier, request.keyHash);
  const order = tier.table.order(request.keyHash);
  const rankOf = (i: number): number => (request.split === undefined ? i : splitRank(i, request.split, order.length));
  let sawRamping = firstSkipped === "ramping";
  for (let i = 1; i < order.length; i++) {
    const rank = rankOf(i);
    const member = memberAt(tier, order[rank] ?? -1);
    const skipped = whyPassedOver(member, situation, bound, false);
    if (skipped === undefined) return chosen(member, rank, reasonAway(firstSkipped), home, situation.panic);
    sawRamping ||= skipped === "ramping";
    trace?.({ id: member.backend.id, because: skipped });
  }
  if (!sawRamping) return undefined;
  // All that is left is in slow start: better a cold backend than none.
  const warm = policy.boundedLoad > 0 ? new LoadBound(policy.boundedLoad, tier, situation, true) : undefined;
  for (let i = 0; i < order.length; i++) {
    const rank = rankOf(i);
    const member = memberAt(tier, order[rank] ?? -1);
    if (whyPassedOver(member, situation, warm, true) !== undefined) continue;
    const reason = i > 0 ? reasonAway(firstSkipped) : rank === 0 ? "home" : "nat-split";
    return chosen(member, rank, reason, home, situation.panic);
  }
  return undefined;
}

/** The i-th candidate of a heavy client: its first `over` backends in a circle from `start`, then the rest in order. */
function splitRank(i: number, split: { readonly over: number; readonly start: number }, members: number): number {
  const over = Math.min(split.over, members);
  return i < over ? ((split.start % over) + i) % over : i;
}
