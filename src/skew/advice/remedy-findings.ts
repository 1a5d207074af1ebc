import { type AdviceContext, type Finding, finding } from "./advice.ts";
import { loadShare, type Measured, measuredOf, referenceTable, returning, type StudyFigures } from "./study-figures.ts";
import { isEven, SAME_LOAD } from "./thresholds.ts";
import { times } from "./wording.ts";

/** What sticky cookies would make of these clients. */
export function cookieFindings(figures: StudyFigures, context: AdviceContext): readonly Finding[] {
  const cookie = measuredOf(figures, "sticky-cookie");
  if (cookie === undefined || figures.backends === 1) return [];
  const { maxOverAvg } = cookie.evenness;
  const reference = referenceTable(figures);
  const gain = reference === undefined ? undefined : reference.evenness.maxOverAvg - maxOverAvg;
  return [finding("sticky-cookie", { maxOverAvg, gain }, [cookieSentence(figures, context, maxOverAvg, gain ?? 1)])];
}

function cookieSentence(figures: StudyFigures, { mode }: AdviceContext, maxOverAvg: number, gain: number): string {
  const load = times(maxOverAvg);
  if (isEven(figures)) {
    const little = gain > SAME_LOAD ? "little to gain" : "nothing to gain";
    if (mode === "http") return `Sticky cookies would give ${load}; there is ${little} for evenness.`;
    return `Sticky cookies would give ${load}, so there is ${little}; and they need LENGKET_MODE=http.`;
  }
  if (gain <= SAME_LOAD) return `Sticky cookies would not be more even: ${load}.`;
  const why = "each browser is placed by itself, wherever there is least to do";
  if (mode === "http") return `Sticky cookies would give ${load}: ${why}.`;
  return `Sticky cookies would give ${load}: ${why}. They need LENGKET_MODE=http, and TLS that ends in front of Lengket.`;
}

/** What bounding the load would cost in stickiness; empty when a hash of the address is even by itself. */
export function boundedFindings(figures: StudyFigures): readonly Finding[] {
  if (isEven(figures) || figures.backends === 1) return [];
  const unpinned = measuredOf(figures, "bounded-load");
  const pinned = measuredOf(figures, "bounded-load-pinned");
  const factor = settingOf(unpinned ?? pinned, "LENGKET_BOUNDED_LOAD");
  if (factor === undefined) return [];
  const { noun, visits } = figures;
  const sentences: string[] = [];
  if (unpinned?.stickiness !== undefined) {
    const { overflowShare, breakRate } = unpinned.stickiness;
    sentences.push(
      `With LENGKET_BOUNDED_LOAD=${factor}, ${loadShare(figures, overflowShare)} of the ${visits} would leave their home, and the fullest backend would have ${times(unpinned.evenness.maxOverAvg)}.`,
      `If each ${visits.slice(0, -1)} is placed anew (LENGKET_OVERFLOW_PIN=0), ${loadShare(figures, breakRate)} of ${returning(figures)} would find another backend than the last time.`,
    );
  }
  if (pinned?.stickiness !== undefined) {
    const { breakRate } = pinned.stickiness;
    sentences.push(
      `Pinned to where they overflowed, which is the default, ${loadShare(figures, breakRate)} would; the fullest backend would then have ${times(pinned.evenness.maxOverAvg)}.`,
    );
  }
  return [
    finding(
      "bounded-load",
      {
        factor: Number(factor),
        noun,
        maxOverAvg: unpinned?.evenness.maxOverAvg,
        overflowShare: unpinned?.stickiness?.overflowShare,
        breakRate: unpinned?.stickiness?.breakRate,
        pinnedMaxOverAvg: pinned?.evenness.maxOverAvg,
        pinnedOverflowShare: pinned?.stickiness?.overflowShare,
        pinnedBreakRate: pinned?.stickiness?.breakRate,
      },
      sentences,
    ),
  ];
}

/** Which of both bounded loads to use: the pinned one, unless it is no more even than a hash alone. */
export function preferredBound(figures: StudyFigures): Measured | undefined {
  const reference = referenceTable(figures)?.evenness.maxOverAvg ?? Number.POSITIVE_INFINITY;
  const candidates = [measuredOf(figures, "bounded-load-pinned"), measuredOf(figures, "bounded-load")];
  return candidates.find((bound) => bound !== undefined && reference - bound.evenness.maxOverAvg > 2 * SAME_LOAD);
}

/** What spreading heavy addresses over several backends would do; empty when it would not help. */
export function splitFindings(figures: StudyFigures): readonly Finding[] {
  const split = helpfulSplit(figures);
  const over = settingOf(split, "LENGKET_NAT_SPLIT");
  if (split === undefined || over === undefined) return [];
  const { maxOverAvg } = split.evenness;
  const breakRate = split.stickiness?.breakRate;
  const cost =
    breakRate === undefined
      ? ""
      : `, but ${loadShare(figures, breakRate)} of ${returning(figures)} would find another one`;
  return [
    finding("nat-split", { over: Number(over), maxOverAvg, breakRate }, [
      `LENGKET_NAT_SPLIT=${over} spreads each heavy address over ${over} backends: the fullest one would have ${times(maxOverAvg)}${cost}.`,
    ]),
  ];
}

/** The split that was measured, when it is worth its cost. */
export function helpfulSplit(figures: StudyFigures): Measured | undefined {
  const split = measuredOf(figures, "nat-split");
  const reference = referenceTable(figures);
  if (split === undefined || reference === undefined || isEven(figures)) return undefined;
  // Spread over all backends, nobody behind a heavy address would be sticky.
  if (Number(settingOf(split, "LENGKET_NAT_SPLIT")) >= figures.backends) return undefined;
  return reference.evenness.maxOverAvg - split.evenness.maxOverAvg > 2 * SAME_LOAD ? split : undefined;
}

/** What a policy of ours sets a variable to. */
function settingOf(measured: Measured | undefined, variable: string): string | undefined {
  const line = measured?.policy.configuration.find((candidate) => candidate.startsWith(`${variable}=`));
  return line?.slice(variable.length + 1);
}
