import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runProgram } from "../../../../src/cli/program.ts";
import { comparedPolicies } from "../../../../src/skew/policies/compared-policies.ts";
import { buildPopulation } from "../../../../src/skew/populations/build-population.ts";
import { builtInPopulation, builtInPopulations } from "../../../../src/skew/populations/built-in.ts";
import type { SimulationResult } from "../../../../src/skew/report/simulation-result.ts";
import { studyPlacement } from "../../../../src/skew/study/study-placement.ts";
import { CapturedOutput } from "../../../support/captured-output.ts";

const FEW = ["--policy", "ring,bounded-load,sticky-cookie"];
const SCHOOL = {
  name: "school",
  groups: [
    { name: "homes", addresses: 200, usersPerAddress: 1 },
    { name: "school", at: ["198.51.100.7"], usersPerAddress: 100 },
  ],
};

describe("lengket simulate", () => {
  let folder: string;
  let school: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-simulate-"));
    school = join(folder, "school.json");
    writeFileSync(school, JSON.stringify(SCHOOL));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [stdout, stderr] = [new CapturedOutput(), new CapturedOutput()];
    const code = await runProgram(["simulate", ...args], { env, stdout, stderr, version: "1.2.3" });
    return { code, out: stdout.text, err: stderr.text };
  }

  async function resultOf(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<SimulationResult> {
    const { code, out, err } = await run([...args, "--json"], env);
    expect({ code, err }).to.deep.equal({ code: 0, err: "" });
    return JSON.parse(out) as SimulationResult;
  }

  it("compares all policies in 80 columns, and ends with a verdict", async () => {
    const { code, out, err } = await run(["--population", school]);
    expect({ code, err }).to.deep.equal({ code: 0, err: "" });
    for (const line of out.split("\n")) expect(line.length, line).to.be.at.most(80);
    for (const { title } of comparedPolicies) expect(out).to.contain(`\n  ${title} `);
    const flowing = out.replace(/\s+/g, " ");
    expect(flowing).to.contain("School: 201 addresses, 300 users").and.contain("10 backends × 33 % of the users");
    expect(out).to.contain("theory, hash of addresses   3.33");
    expect(out).to.match(/\nVerdict\n {2}33 % of your users come from one address, 198\.51\.100\.7\./);
    expect(out).to.contain("\n    LENGKET_MODE=http\n");
  });

  it("says how much of a log was placed, as text and as JSON", async () => {
    const log = join(folder, "many.csv");
    writeFileSync(log, Array.from({ length: 2_000 }, (_, i) => `10.0.${i >> 8}.${i & 255},20\n`).join(""));
    const { code, out } = await run(["--from", log, ...FEW]);
    expect(code).to.equal(0);
    const told =
      "policies that look at load or at a cookie placed 15,000 of the 40,000 connections, from 1,250 addresses";
    expect(out.replace(/\s+/g, " ")).to.contain(told).and.to.contain("these shares are estimates.");
    const json = await run(["--from", log, ...FEW, "--json"]);
    const { notes, placement } = JSON.parse(json.out) as SimulationResult;
    expect(notes[0]).to.contain(told);
    expect(placement.sample).to.deep.equal({ byAddress: 2_000, oneByOne: 1_250 });
  });

  it("keeps the heap small for logs, which may be of any length, and only for them", async () => {
    const log = join(folder, "few.csv");
    writeFileSync(log, "10.0.0.1,20\n10.0.0.2,20\n");
    const asked = { log: 0, population: 0 };
    const terminal = { env: {}, stdout: new CapturedOutput(), stderr: new CapturedOutput(), version: "1.2.3" };
    const ask = (who: keyof typeof asked, args: readonly string[]) =>
      runProgram(["simulate", "--policy", "ring", ...args], { ...terminal, keepHeapSmall: () => asked[who]++ });
    expect(await ask("log", ["--from", log])).to.equal(0);
    expect(await ask("population", ["--population", school])).to.equal(0);
    expect(asked).to.deep.equal({ log: 1, population: 0 });
  });

  it("refuses empty names, and guesses at mistyped ones", async () => {
    for (const flag of ["--population", "--from", "--report"]) {
      const { code, err } = await run([flag, ""]);
      expect({ code, err: err.includes(`${flag} is empty: name a`) }, err).to.deep.equal({ code: 2, err: true });
    }
    expect((await run(["--population", "zipf1.2"])).err).to.contain("did you mean zipf-1.2?");
    expect((await run(["--population", "town.json"])).err).to.contain("town.json: there is no such file");
  });

  it("prints as JSON what was found, byte for byte the same twice", async () => {
    const args = ["--population", "S5", "--backends", "4", ...FEW, "--seed", "7", "--json"];
    const [first, second] = [await run(args), await run(args)];
    expect(first.out).to.equal(second.out);
    const result = JSON.parse(first.out) as SimulationResult;
    const plan = builtInPopulation("s5") ?? expect.fail();
    const backends = [1, 2, 3, 4].map((i) => ({ id: `app${i}`, address: `10.0.0.${i}:8080`, weight: 1 }));
    const study = studyPlacement(buildPopulation(plan, 7), backends, ["ring", "bounded-load", "sticky-cookie"]);
    const round = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toFixed(6)) : value);
    expect(result.placement).to.deep.equal(JSON.parse(JSON.stringify(study, round)));
    expect(result.time.policies.map(({ policy }) => policy.name)).to.deep.equal([
      "ring",
      "bounded-load",
      "sticky-cookie",
    ]);
    expect(result).to.include({ seed: 7, unit: "connection" });
    expect(result.program.version).to.equal("1.2.3");
    expect(result.advice.findings.length).to.be.above(0);
    expect(result).to.not.have.property("sweep");
  });

  it("takes the backends and the settings of the configuration, and says what it leaves out", async () => {
    const backends = "a=10.0.0.1:80;weight=3,b=[2001:db8::1]:80;max=5,c=10.0.0.3:80;weight=0,d=10.0.0.4:80;backup";
    const env = {
      LENGKET_BACKENDS: backends,
      LENGKET_HASH_SEED: "9",
      LENGKET_BOUNDED_LOAD: "1.5",
      LENGKET_OVERFLOW_PIN: "0",
    };
    const result = await resultOf(["--population", school, ...FEW], env);
    expect(result.placement.backends).to.deep.equal([
      { id: "a", address: "10.0.0.1:80", weight: 3 },
      { id: "b", address: "[2001:db8::1]:80", weight: 1 },
    ]);
    expect(result.placement.seed).to.equal(9);
    expect(result.yours).to.equal("bounded-load");
    expect(result.placement.policies[1]?.policy.configuration).to.include("LENGKET_BOUNDED_LOAD=1.5");
    expect(result.notes.map((note) => note.slice(0, 12))).to.deep.equal([
      "d: left out,",
      "c: left out,",
      "b: compared ",
    ]);
    const counted = await resultOf(["--population", school, "--policy", "ring", "--backends", "3"], env);
    expect(counted.placement.backends.map(({ id }) => id)).to.deep.equal(["app1", "app2", "app3"]);
    expect(counted).to.not.have.property("yours");
  });

  it("takes networks for clients where CLIENT_PREFIX_V4 says so", async () => {
    const result = await resultOf(["--population", "s3", "--policy", "ring", "--client-prefix-v4", "24"]);
    expect(result.placement.population).to.include({ addresses: 1 });
    expect(result.placement.floor.users).to.equal(10);
  });

  it("hides addresses when asked to", async () => {
    const { out } = await run(["--population", school, ...FEW, "--mask"]);
    expect(out).to.contain("198.51.100.0/24").and.not.contain("198.51.100.7");
  });

  it("reads a log instead of a population", async () => {
    const log = join(folder, "clients.csv");
    writeFileSync(log, "203.0.113.9,300\n203.0.113.10,100\n203.0.113.11,100\n");
    const { code, out } = await run(["--from", log, ...FEW, "--backends", "4"]);
    expect(code).to.equal(0);
    expect(out).to.contain("clients.csv: 3 addresses, 500 connections.").and.contain("max/avg 2.40");
    expect(out).to.contain("max/avg  connections of the fullest backend").and.contain("3 lines (CSV");
  });

  it("lists what there is", async () => {
    const { code, out } = await run(["--list"]);
    expect(code).to.equal(0);
    for (const { name } of [...builtInPopulations, ...comparedPolicies]) expect(out).to.contain(`\n  ${name} `);
    for (const line of out.split("\n")) expect(line.length, line).to.be.at.most(80);
  });

  it("has a help that fits 80 columns and names its flags", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).to.equal(0);
    for (const line of out.split("\n")) expect(line.length, line).to.be.at.most(80);
    for (const flag of ["--list", "--from", "--population", "--policy", "--seed", "--mask", "--report", "--json"]) {
      expect(out).to.contain(`  ${flag} `);
    }
  });

  const WRONG: readonly (readonly [what: string, args: readonly string[], code: number, says: RegExp])[] = [
    [
      "an unknown population",
      ["--population", "s55"],
      2,
      /no population and no file is called "s55"; did you mean s5\?/,
    ],
    ["a strange population", ["--population", "moon"], 2, /the populations are s1, .*, or name a file/],
    ["a missing file", ["--population", "/none/p.json"], 2, /\/none\/p\.json: there is no such file/],
    ["a folder", ["--population", "/"], 2, /this is a directory/],
    [
      "an unknown policy",
      ["--policy", "ring,rendezvouz"],
      2,
      /no policy is called "rendezvouz"; did you mean rendezvous\?/,
    ],
    ["no backends", ["--backends", "0"], 2, /simulate 1 to 1000 backends/],
    ["too many backends", ["--backends", "1001"], 2, /--backends 1001: simulate 1 to 1000/],
    ["a bad seed", ["--seed", "-1"], 2, /whole number from 0 to 4294967295/],
    ["a population and a log", ["--population", "s1", "--from", "x"], 2, /exclude each other/],
    ["a format without a log", ["--format", "csv"], 2, /--format is about logs/],
    ["a missing log", ["--from", "/none/access.log"], 2, /\/none\/access\.log: there is no such file/],
    ["only backups", ["--backend", "10.0.0.1:80;backup"], 2, /every backend is a backup or has a weight of 0/],
    ["a bad backend", ["--backend", "nonsense"], 78, /1 problem in the configuration.*--backends\[0\]/s],
    ["a bad setting", ["--hash-policy", "rink"], 78, /--hash-policy.*did you mean/s],
    ["a missing env file", ["--env-file", "/none/env"], 78, /--env-file.*there is no such file/s],
  ];
  for (const [what, args, expected, says] of WRONG) {
    it(`refuses ${what} with ${expected}, and says why`, async () => {
      const { code, out, err } = await run(args);
      expect(code).to.equal(expected);
      expect(out).to.equal("");
      expect(err).to.match(says);
    });
  }

  it("names everything that is wrong with a population's file", async () => {
    const path = join(folder, "bad.json");
    const groups = [
      { name: "a", addresses: 0, usersPerAddress: 1 },
      { name: "b", usersPerAddress: 1 },
    ];
    writeFileSync(path, JSON.stringify({ name: "bad", groups, extra: 1 }));
    const { code, err } = await run(["--population", path]);
    expect(code).to.equal(2);
    expect(err).to.match(/^lengket: \d problems in the population .*bad\.json\n/);
    expect(err).to.contain('bad.json: has the unknown key "extra"').and.contain("bad.json groups[0].addresses: ");
    writeFileSync(path, "{");
    expect((await run(["--population", path])).err)
      .to.contain("1 problem in")
      .and.contain("not valid JSON");
  });

  describe("refuses a place for the report before it begins to compute:", () => {
    const refused = async (place: string): Promise<string> => {
      const { code, out, err } = await run(["--population", school, "--policy", "ring", "--report", place]);
      expect({ code, out }).to.deep.equal({ code: 2, out: "" });
      return err;
    };

    it("a file", async () => {
      const err = await refused(school);
      expect(err).to.contain(`the report cannot be written to ${school}: this is a file; name a folder`);
      expect(readdirSync(folder)).to.include("school.json");
    });

    it("something below a file", async () => {
      expect(await refused(join(school, "a", "b"))).to.contain("a part of the path is not a directory");
    });

    it("a folder in which a folder has the name of the page", async () => {
      const taken = join(folder, "taken");
      mkdirSync(join(taken, "report.html"), { recursive: true });
      expect(await refused(taken)).to.contain("report.html is a directory; take it away");
      expect(readdirSync(taken)).to.deep.equal(["report.html"]);
    });

    it("a folder that may not be written, also one further up", async function () {
      if (process.getuid?.() === 0) {
        process.stdout.write("    skipped: root may write everywhere\n");
        this.skip();
      }
      const shut = join(folder, "shut");
      mkdirSync(shut, { mode: 0o555 });
      for (const place of [shut, join(shut, "a", "b")])
        expect(await refused(place)).to.contain("give this user the right to write it");
    });
  });

  it("makes no folder for a report that never comes", async () => {
    const never = join(folder, "never");
    expect((await run(["--from", join(folder, "no.log"), "--report", never])).code).to.equal(2);
    expect(readdirSync(folder)).to.not.include("never");
  });
});
