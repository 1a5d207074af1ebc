import { expect } from "chai";
import { coursesOf } from "../../../bench/skew/courses.ts";
import { jobsOf, type MatrixPlan, quickPlan, runJob } from "../../../bench/skew/matrix.ts";
import { resultsJson } from "../../../bench/skew/results-json.ts";
import { resultsMarkdown } from "../../../bench/skew/results-markdown.ts";
import { runMatrix } from "../../../bench/skew/run-matrix.ts";
import { comparedPolicies } from "../../../src/skew/policies/compared-policies.ts";

const plan: MatrixPlan = {
  ...quickPlan(5),
  populations: ["s3", "s5"],
  backendCounts: [10, 4],
  policies: ["ring", "nginx-ip-hash", "bounded-load", "sticky-cookie"],
  salts: 3,
  mostConnections: 5_000,
  sessions: 500,
};
const about = {
  version: "1.2.3",
  plan,
  policies: comparedPolicies.filter(({ name }) => plan.policies.includes(name)),
};

describe("the skew benchmark", () => {
  const cells = jobsOf(plan).map((job) => runJob(job, plan));
  const courses = coursesOf(plan);

  it("runs its jobs in threads, and has their results in the order of the jobs", async () => {
    const done: string[] = [];
    const found = await runMatrix(plan, ({ population, backends }) => done.push(`${population} ${backends}`));
    expect(found).to.deep.equal(cells);
    expect(found.map(({ population, backends }) => `${population} ${backends}`)).to.deep.equal([
      ...["s3 10", "s5 10"],
      ...["s3 4", "s5 4"],
    ]);
    expect(done).to.have.length(4);
  });

  it("fails when a job does", async () => {
    const outcome = await runMatrix({ ...plan, populations: ["s99"] }, () => {}).catch((error: Error) => error.message);
    expect(outcome).to.equal("there is no population s99");
  });

  it("writes JSON with every cell, rounded, and nothing that changes from run to run", () => {
    const text = resultsJson(about, cells, courses);
    const again = resultsJson(
      about,
      jobsOf(plan).map((job) => runJob(job, plan)),
      coursesOf(plan),
    );
    expect(again).to.equal(text);
    expect(text).not.to.match(/\.\d{6}/);
    const json = JSON.parse(text);
    expect(json).to.include({ format: 1, lengket: "1.2.3" });
    expect(json.populations.map(({ name }: { name: string }) => name)).to.deep.equal(["s3", "s5"]);
    expect(json.theory).to.have.length(2);
    expect(json.placements).to.have.length(4);
    expect(json.placements[0].policies[1]).to.deep.include({ policy: "nginx-ip-hash" });
    expect(json.placements[0].policies[1].users.maxOverAvg).to.equal(10);
    expect(json.placements[0].policies[0].users.loads).to.have.length(10);
    expect(Object.keys(json.placements[0].policies[0].users)).to.include.members([
      ...["maxOverAvg", "minOverAvg", "cv", "jain", "gini"],
    ]);
    for (const change of ["remove", "add", "reweigh"]) {
      expect(Object.keys(json.placements[0].policies[0][change])).to.deep.equal([
        ...["moved", "ideal", "excess", "needless"],
      ]);
    }
    expect(json.growingOffice.policies[0].points[0].share).to.equal(0.01);
    expect(json.hour.policies).to.have.length(4);
  });

  it("writes a page that says what was measured, with the figures in tables", () => {
    const page = resultsMarkdown(about, cells, courses);
    expect(page).to.contain("Lengket 1.2.3; seed 5");
    expect(page).to.contain("of more than 5,000 those of a part of the users");
    expect(page).to.match(
      /\| s3 \| a carrier's NAT, 64 subscribers behind each address \| 1\.00 \| 1\.06 \| \d\.\d\d \| 10\.00 \| 1\.00 \|/,
    );
    expect(page).to.contain("## 4 backends: max/avg by users");
    expect(page).to.contain("| policy | users: max/avg | users: min/avg | users: CV | users: Jain | users: Gini | ");
    expect(page).to.match(/\| sticky cookie \| 1\.00 \| 1\.00 \| 0\.00 \| 1\.00 \| 0\.00 \| /);
    expect(page).to.contain("got twice its weight (8.2 % have to)");
    expect(page).to.match(/\| sticky cookie \| 0\.0 % \/ 0\.0 % \|/);
    expect(page).to.contain("app6 fails (minute 25)");
    // No row has more or fewer cells than its head.
    for (const table of page.split("\n\n").filter((part) => part.startsWith("|"))) {
      const widths = table
        .trim()
        .split("\n")
        .map((line) => line.split(" | ").length);
      expect(new Set(widths.toSpliced(1, 1)).size, table).to.equal(1);
    }
  });
});
