import type { BackendId } from "../model/backend.ts";
import { InvariantError } from "../model/failure.ts";
import type { Member } from "../model/snapshot.ts";
import { rampedWeight } from "./eligibility.ts";
import type { NewSessionPicker, PickSituation } from "./new-session.ts";

interface Turn {
  readonly id: BackendId;
  /** What it is owed, in sessions × weight. */
  credit: number;
}

/**
 * Weighted round robin without bursts (nginx's "smooth" method: a b a c a for the weights 3, 1, 1): with every session each
 * candidate earns its weight, who has most takes it and pays what all have earned. The credits sum to nothing, weights may
 * change from one session to the next, and so a backend in slow start comes in by its present fraction.
 */
export class SmoothRoundRobin implements NewSessionPicker {
  /** By slot. */
  readonly #turns: (Turn | undefined)[] = [];

  pick(candidates: readonly Member[], { nowMs }: PickSituation): Member {
    let best: Member | undefined;
    let bestTurn: Turn | undefined;
    let earned = 0;
    for (const member of candidates) {
      const turn = this.#turnOf(member);
      const weight = rampedWeight(member, nowMs);
      turn.credit += weight;
      earned += weight;
      if (bestTurn !== undefined && turn.credit <= bestTurn.credit) continue;
      best = member;
      bestTurn = turn;
    }
    if (best === undefined || bestTurn === undefined) throw new InvariantError("nobody to pick from");
    bestTurn.credit -= earned;
    return best;
  }

  /** A slot that belongs to another backend by now begins with nothing. */
  #turnOf(member: Member): Turn {
    const known = this.#turns[member.slot];
    if (known?.id === member.backend.id) return known;
    const turn: Turn = { id: member.backend.id, credit: 0 };
    this.#turns[member.slot] = turn;
    return turn;
  }
}
