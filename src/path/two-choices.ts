import { InvariantError } from "../model/failure.ts";
import type { Member } from "../model/snapshot.ts";
import type { Random } from "../platform/random.ts";
import { rampedWeight } from "./eligibility.ts";
import type { NewSessionPicker, PickSituation } from "./new-session.ts";

/**
 * The power of two choices (Mitzenmacher: The Power of Two Choices in Randomized Load Balancing, 2001): of two backends
 * drawn at random, weight for weight, the one with fewer requests in flight per weight; the first drawn when they are equal.
 * Remembers nothing, so balancers that know nothing of each other do not all run to the same idle backend.
 */
export class TwoChoices implements NewSessionPicker {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  pick(candidates: readonly Member[], situation: PickSituation): Member {
    const first = this.#draw(candidates, undefined, situation.nowMs);
    if (candidates.length === 1) return first;
    const second = this.#draw(candidates, first, situation.nowMs);
    return loadOf(second, situation) < loadOf(first, situation) ? second : first;
  }

  #draw(candidates: readonly Member[], except: Member | undefined, nowMs: number): Member {
    let total = 0;
    for (const member of candidates) if (member !== except) total += rampedWeight(member, nowMs);
    let rest = this.#random.next() * total;
    let last: Member | undefined;
    for (const member of candidates) {
      if (member === except) continue;
      last = member;
      rest -= rampedWeight(member, nowMs);
      if (rest < 0) return member;
    }
    // Rounding may leave a little at the end.
    if (last === undefined) throw new InvariantError("nobody to pick from");
    return last;
  }
}

function loadOf(member: Member, { load, nowMs }: PickSituation): number {
  return load.open(member.slot) / rampedWeight(member, nowMs);
}
