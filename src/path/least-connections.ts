import { InvariantError } from "../model/failure.ts";
import type { Member } from "../model/snapshot.ts";
import { isAdmitted, rampedWeight } from "./eligibility.ts";
import type { NewSessionPicker, PickSituation } from "./new-session.ts";

/**
 * Fewest requests in flight per weight. On a quiet cluster nearly all are tied at none, so what decides between those is
 * start-time fair queueing (Goyal, Vin, Cheng: Start-time Fair Queueing, 1996): every session is charged 1/weight, and who
 * was charged least is next. Who comes back, or is new, begins at the present: it has no credit from its absence and is
 * not flooded.
 *
 * A backend in slow start has its turns like the others, but takes only the fraction of them that it has warmed up to; and
 * it counts as busier than it is by the same fraction.
 */
export class LeastConnections implements NewSessionPicker {
  /** Virtual time: the start of the session that was placed last. */
  #now = 0;
  /** By slot: when the sessions placed there are paid off, in virtual time. */
  #paidOff = new Float64Array(16);

  pick(candidates: readonly Member[], situation: PickSituation): Member {
    const first = this.#best(candidates, situation);
    const turns = [first];
    let others = candidates;
    let member = first;
    while (!isAdmitted(member, situation.keyHash, situation.nowMs)) {
      const declined = member;
      others = others.filter((other) => other !== declined);
      if (others.length === 0) {
        // Better a cold backend than none.
        this.#charge(first);
        return first;
      }
      member = this.#best(others, situation);
      turns.push(member);
    }
    for (const turn of turns) this.#charge(turn);
    return member;
  }

  #best(candidates: readonly Member[], { load, nowMs }: PickSituation): Member {
    let best: Member | undefined;
    let bestLoad = 0;
    let bestStart = 0;
    let bestEnd = 0;
    for (const member of candidates) {
      const memberLoad = load.open(member.slot) / rampedWeight(member, nowMs);
      const start = this.#startOf(member);
      const end = start + 1 / member.backend.weight;
      const isBetter =
        best === undefined ||
        memberLoad < bestLoad ||
        (memberLoad === bestLoad && (start < bestStart || (start === bestStart && end < bestEnd)));
      if (!isBetter) continue;
      best = member;
      bestLoad = memberLoad;
      bestStart = start;
      bestEnd = end;
    }
    if (best === undefined) throw new InvariantError("nobody to pick from");
    return best;
  }

  #startOf(member: Member): number {
    return Math.max(this.#now, this.#paidOff[member.slot] ?? 0);
  }

  #charge({ slot, backend }: Member): void {
    if (slot >= this.#paidOff.length) {
      const larger = new Float64Array(Math.max(slot + 1, this.#paidOff.length * 2));
      larger.set(this.#paidOff);
      this.#paidOff = larger;
    }
    this.#now = Math.max(this.#now, this.#paidOff[slot] ?? 0);
    this.#paidOff[slot] = this.#now + 1 / backend.weight;
  }
}
