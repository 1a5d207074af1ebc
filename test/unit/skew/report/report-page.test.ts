import { expect } from "chai";
import { drawPlots } from "../../../../src/skew/report/draw-plots.ts";
import { reportPage } from "../../../../src/skew/report/page/report-page.ts";
import { resultJson, type SimulationResult } from "../../../../src/skew/report/simulation-result.ts";
import { samplePlacement, sampleResult, sampleTime } from "../../../support/skew-studies.ts";

const EVIL = `<script>alert("x")</script><img src=x onerror='y'>`;

describe("the page of a report", () => {
  let page: string;

  before(async () => {
    const result = sampleResult();
    page = reportPage(result, await drawPlots(result));
  });

  it("says what was measured: population, source, backends, policies, seeds and versions", () => {
    for (const text of [
      "Lengket 1.2.3",
      "One office with 10 % of the users",
      "Its source</dt><dd>ours",
      "Seed of the people</dt><dd>1",
      "10.0.0.10:8080",
      "HAProxy source consistent",
      "LENGKET_HASH_POLICY=ring",
      "Limits of the method",
      "n_eff",
    ]) {
      expect(page).to.contain(text);
    }
  });

  it("has the verdict, and the settings to paste, before everything else", () => {
    const [verdict, settings, clients] = ["The office is heavy.", "LENGKET_MODE=http\nLENGKET_X=1", "Who comes"].map(
      (text) => page.indexOf(text),
    );
    expect(verdict).to.be.above(0);
    expect(settings).to.be.above(verdict ?? 0);
    expect(clients).to.be.above(settings ?? 0);
  });

  it("has who moves by each change, with what that is over the ideal", () => {
    expect(page).to.contain("10 % have to move when b6 is taken out, 9.1 % have to move when b11 comes, ");
    expect(page).to.contain("have to move when b6 gets weight 2 instead of 1");
    const [, row = ""] = /<tr>(<th scope="row">modulo<\/th><td>90<\/td>.*?)<\/tr>/.exec(page) ?? [];
    expect([...row.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell)).to.deep.equal([
      ...["90", "+80.0", "0"],
      ...["81", "+71.9", "0"],
      ...["72", "+63.8", "0"],
    ]);
  });

  it("has every measure by users, by connections and by time", () => {
    for (const by of ["users", "connections", "time"]) {
      expect(page).to.match(new RegExp(`<th scope="row">ring</th><td>${by}</td>(<td>\\d+\\.\\d{3}</td>){5}<td>`));
    }
  });

  it("speaks of a single backend as of one", async () => {
    const one = samplePlacement({ backends: [{ id: "app1", address: "10.0.0.1:8080", weight: 1 }] });
    const policies = one.policies.map((figures) => ({ ...figures, remove: undefined, reweigh: undefined }));
    const result = { ...sampleResult(), placement: { ...one, policies } };
    const plots = await drawPlots(result);
    expect(plots.map(({ name }) => name)).to.not.include("moved-keys");
    const alone = reportPage(result, plots);
    expect(alone).to.contain("on 1 backend<").and.contain("of the only backend, in fair shares");
    expect(alone).to.not.match(/\b1 backends|Who moves/);
  });

  it("has every plot twice, for light and for dark", () => {
    for (const name of ["load-per-backend", "heaviest-address", "moved-keys", "load-over-time"]) {
      for (const theme of ["light", "dark"]) expect(page).to.contain(`<title id="${name}-${theme}-title">`);
    }
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("runs nothing and loads nothing", () => {
    expect(page).to.contain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;`);
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).to.not.match(
      /https?:|<script|<link|src=|href=|@import|url\((?!#)/,
    );
  });

  it("escapes whatever came from files", async () => {
    const { population, ...study } = samplePlacement();
    const heaviest = [{ address: EVIL, users: 1, connections: 1, share: 1 }];
    const backends = [{ id: EVIL, address: EVIL, weight: 1 }];
    const time = sampleTime();
    const result: SimulationResult = {
      ...sampleResult(),
      logs: [EVIL],
      notes: [EVIL],
      placement: { ...study, backends, population: { ...population, name: EVIL, title: EVIL, source: EVIL, heaviest } },
      time: { ...time, changes: time.changes.map((change) => ({ ...change, backend: EVIL })) },
      advice: {
        verdict: [EVIL],
        findings: [{ kind: "even", figures: {}, sentences: [EVIL] }],
        settings: [{ title: EVIL, lines: [EVIL], why: EVIL, cost: EVIL }],
      },
    };
    const evil = reportPage(result, await drawPlots(result));
    expect(evil).to.not.match(/<script|<img/);
    expect(evil.split("&lt;script&gt;").length).to.be.above(12);
  });

  it("is the same twice", async () => {
    const result = sampleResult();
    expect(reportPage(result, await drawPlots(result))).to.equal(page);
  });

  it("can do without a sweep and without any policy that could be asked", async () => {
    const { sweep: _, ...result } = sampleResult();
    const empty = { ...result, placement: samplePlacement({ policies: [] }), time: sampleTime({ policies: [] }) };
    const plots = await drawPlots(empty);
    expect(plots).to.deep.equal([]);
    expect(reportPage(empty, plots)).to.contain("</html>").and.not.contain("<svg");
  });
});

describe("the result as JSON", () => {
  it("is the result with numbers of six decimals", () => {
    const result = { ...sampleResult(), seed: 1 / 3 };
    const read = JSON.parse(resultJson(result)) as SimulationResult;
    expect(read.seed).to.equal(0.333333);
    expect(read.placement.policies[0]?.users?.loads).to.deep.equal(result.placement.policies[0]?.users?.loads);
    expect(read.advice).to.deep.equal(result.advice);
    expect(resultJson(result)).to.match(/^\{\n {2}"program": \{\n.*\n\}\n$/s);
  });
});
