import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { choosePolicies } from "../../../../src/cli/simulate/chosen-policies.ts";
import { mergePrefixes } from "../../../../src/cli/simulate/merge-prefixes.ts";
import { writeFiles } from "../../../../src/cli/simulate/write-files.ts";
import { comparedPolicies } from "../../../../src/skew/policies/compared-policies.ts";
import { buildPopulation } from "../../../../src/skew/populations/build-population.ts";

describe("the policies of simulate", () => {
  it("are all without a wish, otherwise those that are named, each once", () => {
    const all = comparedPolicies.map(({ name }) => name);
    expect(choosePolicies([])).to.deep.equal(all);
    expect(choosePolicies(["ring", "all"])).to.deep.equal(all);
    expect(choosePolicies(["Sticky-Cookie", "ring", "RING"])).to.deep.equal(["sticky-cookie", "ring"]);
  });

  it("are asked back about when a name is unknown", () => {
    expect(choosePolicies(["rink", "ring"])).to.equal('no policy is called "rink"; did you mean ring?');
    expect(choosePolicies(["nonsense"])).to.contain('called "nonsense"; the policies are ring, ');
  });
});

describe("prefixes of clients", () => {
  const people = buildPopulation(
    {
      ...{ name: "p", title: "p", source: "ours" },
      groups: ["203.0.113.1", "203.0.113.2", "2001:db8:0:1::1", "2001:db8:0:2::1"].map((address, i) => ({
        name: address,
        addresses: { at: [address] },
        usersPerAddress: { law: "constant", value: i + 1 } as const,
        connectionsPerUser: { law: "constant", value: 2 } as const,
      })),
    },
    1,
  );

  it("make one client of all addresses of a network", () => {
    const merged = mergePrefixes(people, { v4: 24, v6: 48 });
    expect(Array.from({ length: merged.addresses.length }, (_, i) => merged.addresses.text(i))).to.deep.equal([
      "203.0.113.0",
      "2001:db8::",
    ]);
    expect([...(merged.users ?? [])]).to.deep.equal([3, 7]);
    expect([...merged.connections]).to.deep.equal([6, 14]);
    expect([...merged.groupOf]).to.deep.equal([0, 2]);
  });

  it("change nothing where every address is a client of its own", () => {
    expect(mergePrefixes(people, { v4: 32, v6: 64 })).to.equal(people);
    expect(mergePrefixes({ ...people, users: undefined }, { v4: 32, v6: 32 }).users).to.equal(undefined);
  });
});

describe("the files of a report", () => {
  let folder: string;
  const files = new Map([
    ["a.txt", "new a"],
    ["b.txt", "new b"],
  ]);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-files-"));
  });
  afterEach(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true });
  });

  it("are put into a folder that is made, and replace those of the same names only", async () => {
    const report = join(folder, "deep", "report");
    mkdirSync(report, { recursive: true });
    writeFileSync(join(report, "a.txt"), "old");
    writeFileSync(join(report, "mine.txt"), "mine");
    await writeFiles(report, files);
    expect(readdirSync(report).sort()).to.deep.equal(["a.txt", "b.txt", "mine.txt"]);
    expect(readFileSync(join(report, "a.txt"), "utf8")).to.equal("new a");
    await writeFiles(join(folder, "made"), files);
    expect(readdirSync(join(folder, "made")).sort()).to.deep.equal(["a.txt", "b.txt"]);
  });

  it("are refused where no folder can be made", async () => {
    const codeOf = (path: string) => writeFiles(path, files).catch((error: NodeJS.ErrnoException) => error.code);
    writeFileSync(join(folder, "file"), "");
    expect(await codeOf(join(folder, "file"))).to.equal("EEXIST");
    expect(await codeOf(join(folder, "file", "below"))).to.equal("ENOTDIR");
    if (process.platform === "linux") expect(await codeOf("/proc/lengket/report")).to.equal("ENOENT");
    expect(readdirSync(folder)).to.deep.equal(["file"]);
  });

  it("are all there or none: a folder in the way leaves everything as it was", async () => {
    writeFileSync(join(folder, "a.txt"), "old");
    mkdirSync(join(folder, "b.txt"));
    const error = await writeFiles(folder, files).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error).and.have.property("code", "EISDIR");
    expect(readFileSync(join(folder, "a.txt"), "utf8")).to.equal("old");
    expect(readdirSync(folder).sort()).to.deep.equal(["a.txt", "b.txt"]);
  });
});
