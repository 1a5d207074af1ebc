import { seededRandom } from "../support/relay-scenes.ts";
import type { Case } from "./case.ts";
import { type Cut, filled, type Lane } from "./run.ts";

/** `whole`: no cuts · `sampled`: some places, drawn with a seed · `every`: every byte. */
export interface CutChoice {
  readonly kind: "whole" | "sampled" | "every";
  readonly seed: number;
  /** Cuts of one case when sampled. */
  readonly perCase: number;
}

/** Where a mark stands; all have the length of this one. */
const ANY_MARK = "k000";
/** So many places of one case are tried at most, however long its bytes are. */
const MAX_CUTS = 600;

/** Where to cut `test`: the client's bytes of a case about requests, the backend's of one about responses. */
export function cutsOf(test: Case, lane: Lane, { kind, seed, perCase }: CutChoice): readonly Cut[] {
  if (kind === "whole") return [];
  const all = test.side === "request" ? stepCuts(test, lane) : answerCuts(test, lane);
  const wanted = kind === "every" ? MAX_CUTS : perCase;
  if (all.length <= wanted) return all;
  const random = seededRandom(
    seed + ([...test.id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 65_521),
  );
  return all
    .map((cut) => ({ cut, rank: random() }))
    .sort((x, y) => x.rank - y.rank)
    .slice(0, wanted)
    .map(({ cut }) => cut);
}

function stepCuts(test: Case, lane: Lane): readonly Cut[] {
  return test.steps.flatMap((step, index) =>
    "send" in step ? placesIn(step.send, lane).map((at): Cut => ({ of: "step", index, at })) : [],
  );
}

function answerCuts(test: Case, lane: Lane): readonly Cut[] {
  return Object.entries(test.answers ?? {}).flatMap(([key, answers]) =>
    ("pieces" in answers ? [answers] : answers).flatMap((answer, index) =>
      answer.pieces.flatMap((text, piece) =>
        placesIn(text, lane).map((at): Cut => ({ of: "answer", key, index, piece, at })),
      ),
    ),
  );
}

function placesIn(text: string, lane: Lane): readonly number[] {
  return Array.from({ length: Math.max(0, filled(text, ANY_MARK, lane).length - 1) }, (_, i) => i + 1);
}
