import { expect } from "chai";
import type { Advice, AdviceContext, FindingKind } from "../../src/skew/advice/advice.ts";
import { adviseOn } from "../../src/skew/advice/advise-on.ts";
import { configure } from "./configure.ts";
import { equalBackends, plainContext, type StudyFixture, studyFixture } from "./study-fixture.ts";

const TEN = equalBackends(10);

/** 31 % of everything from three addresses. */
export const threeHeavy: StudyFixture = {
  heavy: [0.19, 0.07, 0.05],
  addresses: 20_000,
  weights: TEN,
  policies: {
    ring: { max: 2.75, moved: 0.1 },
    rendezvous: { max: 2.7 },
    maglev: { max: 2.71 },
    modulo: { max: 2.8, moved: 0.9 },
    "bounded-load": { max: 1.25, overflowShare: 0.11, breakRate: 0.14 },
    "bounded-load-pinned": { max: 1.4, overflowShare: 0.08, breakRate: 0.03 },
    "nat-split": { max: 1.6, breakRate: 0.2 },
    "sticky-cookie": { max: 1.03 },
  },
};

export const evenClients: StudyFixture = {
  heavy: [],
  addresses: 20_000,
  weights: TEN,
  policies: {
    ring: { max: 1.06, moved: 0.1 },
    rendezvous: { max: 1.04 },
    maglev: { max: 1.03 },
    "bounded-load": { max: 1.06 },
    "sticky-cookie": { max: 1 },
  },
};

/** Advice whose settings were tried. */
export function advise(fixture: StudyFixture, context: Partial<AdviceContext> = {}): Advice {
  const advice = adviseOn(studyFixture(fixture), undefined, { ...plainContext, ...context });
  // Whatever is advised has to be accepted, and to have an effect.
  const backends = fixture.weights.map((weight, i) => `app${i + 1}=10.1.0.${i + 1}:3000;weight=${weight}`).join(",");
  for (const { lines } of advice.settings) expect(complaintsAbout(lines, backends), lines.join(" ")).to.deep.equal([]);
  return advice;
}

/** What the configuration says to these lines; the advice about secrets is given with the block. */
function complaintsAbout(lines: readonly string[], backends: string): readonly string[] {
  const settings = lines.map((line): [string, string] => {
    const { name = "", value = "" } = /^LENGKET_(?<name>\w+)=(?<value>.*)$/.exec(line)?.groups ?? {};
    return [name, value];
  });
  return configure({ BACKENDS: backends, ...Object.fromEntries(settings) })
    .warnings.map(({ where, problem }) => `${where}: ${problem}`)
    .filter((warning) => !warning.includes("COOKIE_SECRET"));
}

export function kinds({ findings }: Advice): readonly FindingKind[] {
  return findings.map(({ kind }) => kind);
}

export function text({ verdict }: Advice): string {
  return verdict.join("\n");
}
