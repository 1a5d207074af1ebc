import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { PlacedClient } from "../../../src/cli/place.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { HaproxyMapBased } from "../../../src/skew/peers/haproxy-map-based.ts";
import { NginxHashConsistent } from "../../../src/skew/peers/nginx-hash-consistent.ts";
import { peerServer } from "../../../src/skew/peers/peer.ts";
import { peerPolicies } from "../../../src/skew/peers/peer-policy.ts";
import { CapturedOutput } from "../../support/captured-output.ts";
import { choices, ipv4Clients } from "../../support/peer-clients.ts";

const BACKENDS = "s0=127.0.0.1:30100;weight=5,s1=127.0.0.1:30101,s2=[::1]:30102;weight=2,s3=127.0.0.1:30103";
const servers = (...down: readonly number[]) =>
  ["127.0.0.1:30100", "127.0.0.1:30101", "[::1]:30102", "127.0.0.1:30103"].map((address, index) =>
    peerServer(address, { weight: [5, 1, 2, 1][index] ?? 1, down: down.includes(index) }),
  );

describe("lengket place", () => {
  let folder: string;
  let list: string;
  const clients = ipv4Clients(300);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-place-"));
    list = join(folder, "clients.txt");
    writeFileSync(list, `# clients\n\n${clients.map(({ text }) => `${text}\n`).join("")}`);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function run(
    ...args: string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    const [stdout, stderr] = [new CapturedOutput(), new CapturedOutput()];
    const all = ["place", "--clients", list, ...args];
    const code = await runProgram(all, { env: {}, stdout, stderr, version: "1.2.3" });
    return { code, out: stdout.text, err: stderr.text };
  }

  async function placed(...args: string[]): Promise<readonly PlacedClient[]> {
    const { code, out, err } = await run("--json", "--backends", BACKENDS, ...args);
    expect({ code, err }).to.deep.equal({ code: 0, err: "" });
    return JSON.parse(out) as PlacedClient[];
  }

  it("answers as JSON in the order of the list, for every policy", async () => {
    for (const policy of ["ring", "rendezvous", "maglev", ...Object.keys(peerPolicies)]) {
      const answer = await placed("--policy", policy);
      expect(
        answer.map(({ client }) => client),
        policy,
      ).to.deep.equal(clients.map(({ text }) => text));
      expect(new Set(answer.map(({ backend }) => backend)), policy).to.deep.equal(new Set(["s0", "s1", "s2", "s3"]));
      expect(Object.keys(answer[0] ?? {})).to.deep.equal(["client", "backend"]);
    }
  });

  it("places as the other program would, which gets the text, weight and order of the backends", async () => {
    const consistent = choices(new NginxHashConsistent(servers()), clients).map((index) => `s${index}`);
    expect((await placed("--policy", "nginx-hash-consistent")).map(({ backend }) => backend)).to.deep.equal(consistent);
    const down = choices(new HaproxyMapBased(servers(0, 3)), clients).map((index) => `s${index}`);
    const answer = await placed("--policy", "haproxy-map-based", "--down", "s0,s3");
    expect(answer.map(({ backend }) => backend)).to.deep.equal(down);
  });

  it("says null for a client that the other program would turn away", async () => {
    const answer = await placed("--policy", "ipvs-sh", "--down", "s1");
    const backends = new Set(answer.map(({ backend }) => backend));
    expect(backends).to.deep.equal(new Set(["s0", "s2", "s3", null]));
    const { out } = await run("--backends", BACKENDS, "--policy", "nginx-hash", "--down", "s0,s1,s2,s3");
    expect(out.split("\n", 1)).to.deep.equal([`${clients[0]?.text} → (refused)`]);
  });

  it("keeps the settings' own policy without --policy, and does not mix it with another program's", async () => {
    const ring = await placed();
    expect(await placed("--policy", "ring")).to.deep.equal(ring);
    expect(await placed("--policy", "modulo")).to.deep.equal(await placed("--hash-policy", "modulo"));
    const nginx = await placed("--policy", "nginx-hash");
    expect(await placed("--policy", "nginx-hash", "--hash-policy", "maglev", "--hash-seed", "7")).to.deep.equal(nginx);
    expect(nginx).to.not.deep.equal(ring);
  });

  it("knows which policy a mistyped one was meant to be", async () => {
    expect(await run("--backends", BACKENDS, "--policy", "nginx-iphash")).to.deep.equal({
      code: 2,
      out: "",
      err: 'lengket: no policy is called "nginx-iphash"; did you mean nginx-ip-hash?\n',
    });
    const { err } = await run("--backends", BACKENDS, "--policy", "round-robin");
    expect(err).to.match(/the policies are ring, rendezvous, maglev, modulo, nginx-ip-hash, .*, ipvs-sh\n$/);
  });

  it("says what the other program would not accept, and what is wrong with ids and lists", async () => {
    const refused = async (...args: string[]): Promise<string> => {
      const { code, out, err } = await run(...args);
      expect({ code, out }).to.deep.equal({ code: 2, out: "" });
      return err;
    };
    expect(await refused("--backends", "a=10.0.0.1:80;weight=0,b=10.0.0.2:80", "--policy", "nginx-ip-hash")).to.equal(
      "lengket: nginx ip_hash takes weights from 1 to 2147483647, but 10.0.0.1:80 has 0\n",
    );
    expect(await refused("--backends", "a=10.0.0.1:80;backup,b=10.0.0.2:80", "--policy", "envoy-maglev")).to.include(
      "has no backup servers, but 10.0.0.1:80 is one",
    );
    expect(await refused("--backends", BACKENDS, "--policy", "ipvs-sh", "--down", "s9")).to.include(
      'no backend is called "s9"',
    );
    writeFileSync(list, "192.0.2.1\nnonsense\n");
    expect(await refused("--backends", BACKENDS, "--policy", "ipvs-sh")).to.include(`${list}:2  "nonsense"`);
    const { code } = await run("--backends", "nonsense", "--policy", "ipvs-sh");
    expect(code).to.equal(78);
  });

  it("says in words why the list cannot be read", async () => {
    const missing = join(folder, "nosuch.txt");
    const asked = ["--backends", BACKENDS, "--clients"];
    expect(await run(...asked, missing)).to.deep.equal({
      code: 2,
      out: "",
      err: `lengket: ${missing}: there is no such file; check the path; a relative one starts at the working directory\n`,
    });
    expect((await run(...asked, folder)).err).to.equal(`lengket: ${folder}: this is a directory; name a file in it\n`);
  });

  it("calls standard input by its name", () => {
    const main = fileURLToPath(new URL("../../../src/main.js", import.meta.url));
    const asked = ["place", "--clients", "-", "--backends", BACKENDS];
    const { status, stderr } = spawnSync(process.execPath, [main, ...asked], { input: "nonsense\n", encoding: "utf8" });
    expect({ status, stderr }).to.deep.equal({
      status: 2,
      stderr: 'lengket: 1 line is not "ADDRESS" or "ADDRESS PORT":\n  standard input:1  "nonsense"\n',
    });
  });

  it("names every policy in its help", async () => {
    const { code, out } = await run("--help");
    expect(code).to.equal(0);
    for (const policy of Object.keys(peerPolicies)) expect(out).to.include(policy);
    for (const line of out.split("\n")) expect(line.length, line).to.be.at.most(80);
  });
});
