import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const PROGRAM = fileURLToPath(new URL("../support/flood-access-log.js", import.meta.url));
const LOAD_MS = 1500;
const MIB = 1 << 20;

interface Flood {
  readonly child: ChildProcess;
  /** What the child writes; nobody reads it yet. */
  readonly output: Readable;
  /** The next message with this event, skipping others. */
  message(event: string): Promise<Record<string, unknown>>;
}

/** A program whose standard output is `stdout`. */
function flood(
  stdout: number | "pipe",
  flushMs: number,
): { readonly child: ChildProcess; readonly message: Flood["message"] } {
  const child = spawn(process.execPath, [PROGRAM, String(LOAD_MS), String(flushMs)], {
    stdio: ["ignore", stdout, "pipe"],
  });
  if (child.stderr === null) throw new Error("no standard error");
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const message: Flood["message"] = async (event) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`ended before "${event}"`);
      const fields = JSON.parse(value);
      if (fields.event === event) return fields;
    }
  };
  return { child, message };
}

/** Standard output is a socket pair, as Node and systemd make it. */
function floodSocket(flushMs: number): Flood {
  const { child, message } = flood("pipe", flushMs);
  if (child.stdout === null) throw new Error("no standard output");
  return { child, message, output: child.stdout };
}

/** Standard output is a pipe in blocking mode, as a shell makes it. */
function floodPipe(folder: string, flushMs: number): Flood {
  const path = join(folder, `pipe-${flushMs}`);
  spawnSync("mkfifo", [path]);
  const output = new Socket({
    fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  output.pause();
  const writeEnd = openSync(path, constants.O_WRONLY);
  const { child, message } = flood(writeEnd, flushMs);
  closeSync(writeEnd);
  return { child, message, output };
}

describe("access log with a stuck reader, at full load", function () {
  this.timeout(30_000);
  let folder = "";
  let running: Flood | undefined;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-flood-"));
  });
  afterEach(() => {
    running?.child.kill("SIGKILL");
    running?.output.destroy();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [kind, start] of [
    ["socket", () => floodSocket(10_000)],
    ["pipe", () => floodPipe(folder, 10_000)],
  ] as const) {
    it(`stays flat and quick, says what it drops, and loses nothing else (${kind})`, async () => {
      const { child, output, message } = start();
      running = { child, output, message };
      const exited = once(child, "exit");
      await message("log-dropping");
      const loaded = await message("loaded");
      expect(loaded["dropped"]).to.be.a("number").above(10_000);
      expect(loaded["grownBytes"])
        .to.be.a("number")
        .below(30 * MIB);
      expect(loaded["delayP99Ms"]).to.be.a("number").below(20);

      // Now the reader wakes up.
      const ids: unknown[] = [];
      for await (const line of createInterface({ input: output })) ids.push(JSON.parse(line).id);
      const flowing = await message("log-flowing");
      const done = await message("done");
      expect(await exited).to.deep.equal([0, null]);
      expect(done["flushed"]).to.equal(true);
      expect(Number(done["written"]) + Number(done["dropped"])).to.equal(done["appended"]);
      expect(flowing["dropped"]).to.equal(Number(done["dropped"]) - 1); // the first was told when dropping began
      expect(ids).to.have.length(Number(done["written"]));
      expect(ids.every((id, i) => i === 0 || Number(id) > Number(ids[i - 1]))).to.equal(true);
      expect(ids[0]).to.equal(1);
    });
  }

  it("does not keep the process from ending (pipe)", async () => {
    running = floodPipe(folder, 200);
    const exited = once(running.child, "exit");
    const done = await running.message("done");
    expect(await exited).to.deep.equal([0, null]);
    expect(done["flushed"]).to.equal(false);
    expect(Number(done["written"]) + Number(done["dropped"])).to.equal(done["appended"]);
  });
});
