import { expect } from "chai";
import { allCases } from "../blackbox/all-cases.ts";
import { passed, textTable } from "../blackbox/report.ts";
import { runSubject, type SubjectResult } from "../blackbox/run-subject.ts";
import { apache } from "../blackbox/subjects/apache.ts";
import { haproxy } from "../blackbox/subjects/haproxy.ts";
import { lengket } from "../blackbox/subjects/lengket.ts";
import { nginx } from "../blackbox/subjects/nginx.ts";
import { requireProgram } from "../support/require-program.ts";

const WHOLE = { kind: "whole", seed: 0, perCase: 0 } as const;

function score({ results }: SubjectResult): number {
  return results.filter(passed).length;
}

describe("HTTP, from outside, beside others", function () {
  this.timeout(400_000);

  it("HAProxy, nginx and Apache hold most of the same cases, Lengket more of them", async function () {
    const peers = [
      haproxy(requireProgram(this, "haproxy")),
      nginx(requireProgram(this, "nginx")),
      apache(requireProgram(this, "apache2")),
    ];
    const cases = allCases();
    // They wait most of the time, for what does not come; each has backends of its own.
    const [ours, ...theirs] = await Promise.all(
      [lengket(), ...peers].map((subject) => runSubject(subject, cases, { lanes: 24, cuts: WHOLE })),
    );
    if (ours === undefined) throw new Error("nothing was run");
    process.stdout.write(`${textTable([ours, ...theirs])}\n`);
    const ids = cases.map(({ id }) => id).sort();
    for (const result of [ours, ...theirs]) {
      expect(result.results.map((one) => one.case.id).sort(), result.subject.title).to.deep.equal(ids);
    }
    for (const result of theirs) {
      expect(score(result), result.subject.title).to.be.lessThan(score(ours));
      // Who fails more than this was not set up right, or not reached at all.
      expect(score(result), result.subject.title).to.be.greaterThan(cases.length / 2);
    }
  });
});
