import type { Chosen, Wait } from "../model/choice.ts";
import type { ClusterSnapshot, Member, Tier } from "../model/snapshot.ts";
import type { ChoosePolicy, ChooseRequest, SkipTrace } from "./choose-request.ts";
import { isOut, LoadBound, type Situation, whySkipped } from "./eligibility.ts";
import { findMember } from "./find-member.ts";
import type { NewSessionPicker } from "./new-session.ts";

/**
 * Where a request of the same browser has just gone, if it can take one more new session; slow start does not matter, since it
 * took the first.
 */
export function chooseHinted(
  snapshot: ClusterSnapshot,
  situation: Situation,
  request: ChooseRequest,
  policy: ChoosePolicy,
): Chosen | undefined {
  const member = request.hinted === undefined ? undefined : findMember(snapshot, request.hinted);
  if (member === undefined || whySkipped(member, situation, true) !== undefined) return undefined;
  if (policy.boundedLoad > 0) {
    const tier = member.backend.backup ? snapshot.backup : snapshot.primary;
    if (!new LoadBound(policy.boundedLoad, tier, situation, true).admits(member)) return undefined;
  }
  return placed(member, "hint", situation.panic);
}

/**
 * A new session for the picker: one of the members of `tier` that can take it. When none can but one is full, and there is
 * room to wait, for the first full one in the order of the key, so that those who wait are spread.
 */
export function choosePicked(
  tier: Tier,
  picker: NewSessionPicker,
  situation: Situation,
  request: ChooseRequest,
  policy: ChoosePolicy,
  trace: SkipTrace | undefined,
): Chosen | Wait | undefined {
  const bound = policy.boundedLoad > 0 ? new LoadBound(policy.boundedLoad, tier, situation, true) : undefined;
  const candidates: Member[] = [];
  let sawFull = false;
  for (const member of tier.members) {
    const skipped =
      whySkipped(member, situation, true) ?? (bound?.admits(member) === false ? ("over-bound" as const) : undefined);
    if (skipped === undefined) {
      candidates.push(member);
      continue;
    }
    sawFull ||= skipped === "full";
    trace?.({ id: member.backend.id, because: skipped });
  }
  if (candidates.length > 0) return placed(picker.pick(candidates, situation), "new-session", situation.panic);
  const full = sawFull && request.mayQueue ? firstFull(tier, situation) : undefined;
  if (full === undefined) return undefined;
  // All for whom any will do can take the same places. Who has tried some in vain is not one of them.
  return { kind: "wait", for: full, because: "full", anyWillDo: situation.tried === undefined };
}

function firstFull(tier: Tier, situation: Situation): Member | undefined {
  return tier.table
    .order(situation.keyHash)
    .map((position) => tier.members[position])
    .find((member) => member !== undefined && whySkipped(member, situation, true) === "full");
}

/** It is at home where it is placed first; no order was made, so there is no rank in it. */
function placed(member: Member, reason: "hint" | "new-session", panic: boolean): Chosen {
  const isPanic = panic && isOut(member);
  return { kind: "chosen", member, rank: -1, reason: isPanic ? "panic" : reason, home: member.backend.id };
}
