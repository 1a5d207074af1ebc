import dns from "node:dns/promises";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type CheckOptions, check } from "../../../src/cli/check.ts";
import { type Clock, systemClock } from "../../../src/platform/clock.ts";
import { CapturedOutput } from "../../support/captured-output.ts";
import { SEEDED_MISTAKES, seededEnvironment } from "../../support/seeded-mistakes.ts";

/** Deadlines pass before anything can happen on a socket. */
const impatientClock: Clock = {
  nowMs: () => 0,
  wallMs: () => 0,
  after: (_delayMs, action) => {
    let cancelled = false;
    queueMicrotask(() => {
      if (!cancelled) action();
    });
    return {
      cancel: () => {
        cancelled = true;
      },
    };
  },
};

async function run(env: Record<string, string>, more: Partial<CheckOptions> = {}) {
  const stdout = new CapturedOutput();
  const stderr = new CapturedOutput();
  const code = await check({ flags: {}, env, stdout, stderr, clock: systemClock, ...more });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

describe("check", () => {
  it("sums up a valid configuration on stdout", async () => {
    const env = {
      LENGKET_BACKENDS: "a=10.0.0.1:1,b=10.0.0.2:1;backup,c=10.0.0.3:1;weight=0",
      LENGKET_BOUNDED_LOAD: "1.25",
    };
    expect(await run(env)).to.deep.equal({
      code: 0,
      stdout: [
        "lengket: the configuration is valid",
        "  listen    :8080 (tcp)",
        "  backends  3 (1 backup, 1 draining)",
        "  policy    ring, 1024 virtual nodes per weight, bounded load 1.25",
        "  health    tcp",
        "",
      ].join("\n"),
      stderr: "",
    });
  });

  it("says how requests find their backend", async () => {
    const requests = async (settings: Record<string, string>): Promise<string | undefined> => {
      const env = { LENGKET_BACKENDS: "a=10.0.0.1:1", LENGKET_MODE: "http", ...settings };
      return /^ {2}requests {2}(.*)$/m.exec((await run(env)).stdout)?.[1];
    };
    expect(await requests({ LENGKET_MODE: "tcp" })).to.equal(undefined);
    expect(await requests({})).to.equal("insert, cookie lengket; new sessions: least_conn");
    expect(await requests({ LENGKET_COOKIE_MODE: "passive", LENGKET_COOKIE_NAME: "sid" })).to.equal(
      "passive, cookie sid; new sessions: hash of client_ip",
    );
    expect(await requests({ LENGKET_COOKIE_MODE: "learn", LENGKET_LEARN_FROM: "header:Mcp-Session-Id" })).to.match(
      /^learn, header mcp-session-id; new sessions: least_conn$/i,
    );
    expect(await requests({ LENGKET_COOKIE_MODE: "off", LENGKET_HASH_KEY: "query:k" })).to.equal("by hash of query k");
  });

  it("reports every mistake on stderr within 80 columns, and exits 78", async () => {
    const { code, stdout, stderr } = await run(seededEnvironment());
    expect(code).to.equal(78);
    expect(stdout).to.equal("");
    const lines = stderr.split("\n");
    expect(lines[0]).to.equal(`lengket: ${SEEDED_MISTAKES.length} problems in the configuration`);
    for (const { where } of SEEDED_MISTAKES)
      expect(
        lines.some((line) => line.startsWith(`  ${where}`)),
        where,
      ).to.equal(true);
    expect(stderr).to.include("Nothing was started.");
    for (const line of lines) expect(line).to.have.length.of.at.most(80);
  });

  it("takes warnings for errors only when it is strict", async () => {
    const env = { LENGKET_BACKENDS: "a=10.0.0.1:1", LENGKET_QUEUE_TIMEOUT: "5s" };
    const lenient = await run(env);
    expect(lenient.code).to.equal(0);
    expect(lenient.stderr).to.match(/^lengket: 1 warning about the configuration\n/);
    const strict = await run(env, { strict: true });
    expect(strict.code).to.equal(78);
    expect(strict.stdout).to.equal("");
    expect(strict.stderr).to.match(/^lengket: 1 problem in the configuration\n/);
  });

  it("--connect tries every backend and exits 1 when one does not answer", async () => {
    const alive = await listening();
    const dead = await listening();
    dead.server.close();
    await once(dead.server, "close");
    const good = `a=127.0.0.1:${alive.port}`;
    const both = await run({ LENGKET_BACKENDS: `${good},b=127.0.0.1:${dead.port}` }, { connect: true });
    expect(both.code).to.equal(1);
    expect(both.stdout).to.match(/\n {2}ok {6}connect a 127\.0\.0\.1:\d+ +connected in \d+\.\d ms\n/);
    expect(both.stdout).to.match(/\n {2}FAILED {2}connect b 127\.0\.0\.1:\d+ +connection refused\n/);
    const one = await run({ LENGKET_BACKENDS: good }, { connect: true });
    expect(one.code).to.equal(0);
    alive.server.close();
    await once(alive.server, "close");
  });

  it("--connect waits one second and no longer", async () => {
    const { server, port } = await listening();
    const { code, stdout } = await run(
      { LENGKET_BACKENDS: `127.0.0.1:${port}` },
      { connect: true, clock: impatientClock },
    );
    expect(code).to.equal(1);
    expect(stdout).to.include(`FAILED  connect 127.0.0.1:${port}  no answer within 1 s`);
    server.close();
    await once(server, "close");
  });

  it("--resolve looks up names, each once, and no addresses", async () => {
    const env = { LENGKET_BACKENDS: "a=localhost:1,b=localhost:2,c=10.0.0.1:1", LENGKET_HEALTH: "http" };
    const { code, stdout } = await run(env, { resolve: true });
    expect(code).to.equal(0);
    expect(stdout.match(/look up/g)).to.have.lengthOf(1);
    expect(stdout).to.match(/\n {2}ok {6}look up localhost {2}(127\.0\.0\.1|::1)/);
  });

  it("--resolve exits 1 for a name that does not exist", async () => {
    // Whoever is asked for names here may take longer than a test to say no.
    const { lookup } = dns;
    const useLookup = (one: unknown): void => {
      Object.assign(dns, { lookup: one });
      syncBuiltinESMExports();
    };
    useLookup(async (name: string) => {
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" });
    });
    try {
      const { code, stdout } = await run({ LENGKET_BACKENDS: "a=shop.invalid:1" }, { resolve: true });
      expect(code).to.equal(1);
      expect(stdout).to.include("FAILED  look up shop.invalid");
    } finally {
      useLookup(lookup);
    }
  });

  it("says whether the access log can be written, and writes nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lengket-check-"));
    const tried = async (path: string) => {
      const { code, stdout } = await run({ LENGKET_BACKENDS: "a=10.0.0.1:1", LENGKET_ACCESS_LOG: path });
      return [code, stdout.split("\n").at(-2)];
    };
    const fresh = join(folder, "a.log");
    expect(await tried(fresh)).to.deep.equal([0, `  ok      write ${fresh}  may be made`]);
    expect(readdirSync(folder)).to.deep.equal([]);
    writeFileSync(fresh, "");
    expect(await tried(fresh)).to.deep.equal([0, `  ok      write ${fresh}  may be written`]);
    expect(await tried(folder)).to.deep.equal([1, `  FAILED  write ${folder}  this is a directory`]);
    const nowhere = join(folder, "no", "a.log");
    expect(await tried(nowhere)).to.deep.equal([1, `  FAILED  write ${nowhere}  there is no such directory`]);
    const underFile = join(fresh, "a.log");
    expect(await tried(underFile)).to.deep.equal([
      1,
      `  FAILED  write ${underFile}  a part of the path is not a directory`,
    ]);
    rmSync(folder, { recursive: true });
  });
});
