import { expect } from "chai";
import { adviseOn } from "../../../../src/skew/advice/advise-on.ts";
import { comparedPolicies } from "../../../../src/skew/policies/compared-policies.ts";
import type { SessionFigures, TimeFigures, TimeStudy } from "../../../../src/skew/simulation/time-study.ts";
import { equalBackends, plainContext, studyFixture } from "../../../support/study-fixture.ts";

const placement = studyFixture({
  heavy: [],
  addresses: 1000,
  weights: equalBackends(3),
  policies: { ring: { max: 1.05 } },
});

function timeStudy(policies: Readonly<Record<string, Partial<SessionFigures>>>, changes = 1): TimeStudy {
  return {
    ...{ seed: 1, lengthMs: 60_000, warmUpMs: 1000, sessions: 2000, connections: 9000, backends: placement.backends },
    changes: Array.from({ length: changes }, () => ({ atMs: 1, kind: "fails", backend: "app1" }) as const),
    policies: comparedPolicies.flatMap((policy): readonly TimeFigures[] => {
      const given = policies[policy.name];
      if (given === undefined) return [];
      const none = { lost: 0, moved: 0, movedByChange: 0, movedByLoad: 0, refused: 0 };
      return [
        {
          ...{ policy, impossible: undefined, sessions: { sessions: 2000, ...none, ...given } },
          ...{ stickiness: undefined, byTime: undefined, peakOverFairShare: undefined, series: undefined },
        },
      ];
    }),
  };
}

function sentences(time: TimeStudy | undefined): readonly string[] {
  const { findings } = adviseOn(placement, time, plainContext);
  return findings.find(({ kind }) => kind === "over-time")?.sentences ?? [];
}

describe("advice about time", () => {
  it("says who moved and who was lost", () => {
    const time = timeStudy({
      ring: { lost: 640, moved: 120 },
      "sticky-cookie": { lost: 660, moved: 0 },
      modulo: { lost: 640, moved: 1300 },
    });
    expect(sentences(time)).to.deep.equal([
      "Simulated in time, with backends that come and go, so many of 2,000 sessions came to another backend without need: 6 % with the ring, 0 % with sticky cookies and 65 % with a plain modulo.",
      "640 to 660 sessions went down with the backend that failed: those that each method had put there.",
    ]);
  });

  it("says nothing without changes, a simulation, or sessions", () => {
    expect(sentences(undefined)).to.deep.equal([]);
    expect(sentences(timeStudy({ ring: { moved: 3 } }, 0))).to.deep.equal([]);
    expect(sentences(timeStudy({}))).to.deep.equal([]);
    expect(sentences(timeStudy({ ring: { sessions: 0 } }))).to.deep.equal([]);
  });

  it("says nothing of losses when there were none", () => {
    expect(sentences(timeStudy({ ring: { moved: 3 } }))).to.have.length(1);
  });
});
