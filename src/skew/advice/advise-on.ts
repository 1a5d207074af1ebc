import type { TimeStudy } from "../simulation/time-study.ts";
import type { PlacementStudy } from "../study/placement-study.ts";
import { type Advice, type AdviceContext, type Finding, finding } from "./advice.ts";
import { needlessMoves, tableFindings, tableSentence, timeFindings, unevenMethods } from "./method-findings.ts";
import { boundedFindings, cookieFindings, splitFindings } from "./remedy-findings.ts";
import { settingsBlocks } from "./settings-blocks.ts";
import { type StudyFigures, studyFigures } from "./study-figures.ts";
import { LEAST_TRAFFIC, likelyProxies } from "./thresholds.ts";
import { addressFindings, countFindings, prefixFindings, proxyFindings } from "./traffic-findings.ts";

/**
 * Says what a comparison means and what to change, in words and with settings to paste. All figures in the texts are those of
 * the studies; nothing is guessed. What is heavy, even and worth mentioning is decided in `thresholds.ts`.
 *
 * By users where they are known, else by connections or requests.
 *
 * @param time - sentences about the simulation in time are left out without it
 */
export function adviseOn(study: PlacementStudy, time: TimeStudy | undefined, context: AdviceContext): Advice {
  const figures = studyFigures(study, context);
  const counts = countFindings(figures, context);
  // Whatever so few show is chance.
  if (figures.concentration.total < LEAST_TRAFFIC)
    return { verdict: sentencesOf(counts), findings: counts, settings: [] };
  const findings = [...counts, ...clientFindings(figures, context), ...timeFindings(time)];
  return { verdict: sentencesOf(findings), findings, settings: settingsBlocks(figures, context) };
}

function clientFindings(figures: StudyFigures, context: AdviceContext): readonly Finding[] {
  const proxies = proxyFindings(figures, context);
  if (figures.backends === 1) {
    return [...proxies, finding("one-backend", { backends: 1 }, ["There is one backend: it gets everything."])];
  }
  // Advice about the clients would be about a proxy.
  if (likelyProxies(figures).length === 1) return [...proxies, ...cookieFindings(figures, context)];
  const prefixes = prefixFindings(figures, context);
  const explained = prefixes.some(({ kind }) => kind === "address-pool") ? ["nginx-ip-hash"] : [];
  return [
    ...proxies,
    ...withMeasurement(addressFindings(figures), figures),
    ...tableFindings(figures),
    ...cookieFindings(figures, context),
    ...boundedFindings(figures),
    ...splitFindings(figures),
    ...prefixes,
    ...unevenMethods(figures, explained),
    ...needlessMoves(figures),
  ];
}

/** What theory expects is followed by what was measured. */
function withMeasurement(findings: readonly Finding[], figures: StudyFigures): readonly Finding[] {
  const sentence = tableSentence(figures);
  const [first, ...others] = findings;
  if (sentence === undefined || first === undefined) return findings;
  return [{ ...first, sentences: [...first.sentences, sentence] }, ...others];
}

function sentencesOf(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ sentences }) => sentences);
}
