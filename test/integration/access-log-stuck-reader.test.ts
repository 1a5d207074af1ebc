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

const FLOOD = "flood-access-log.js";
const FILL = "fill-stdout.js";
/** Twenty times what the log holds back for a reader that comes late. */
const LINES = 200_000;
const MIB = 1 << 20;

interface Running {
  readonly child: ChildProcess;
  /** What the child writes; nobody reads it yet. */
  readonly output: Readable;
  /** The next message with this event, skipping others. */
  message(event: string): Promise<Record<string, unknown>>;
}

/** Starts a program of test/support with `stdout` as its standard output. */
function start(program: string, stdout: number | "pipe"): Omit<Running, "output"> {
  const path = fileURLToPath(new URL(`../support/${program}`, import.meta.url));
  const child = spawn(process.execPath, [path, String(LINES), "10000"], { stdio: ["ignore", stdout, "pipe"] });
  if (child.stderr === null) throw new Error("no standard error");
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  return {
    child,
    message: async (event) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`ended before "${event}"`);
        const fields = JSON.parse(value);
        if (fields.event === event) return fields;
      }
    },
  };
}

/** Standard output is a socket pair, as Node and systemd make it. */
function startOnSocket(program: string): Running {
  const { child, message } = start(program, "pipe");
  if (child.stdout === null) throw new Error("no standard output");
  return { child, message, output: child.stdout };
}

/** Standard output is a pipe in blocking mode, as a shell makes it. `path`: where to put the FIFO. */
function startOnPipe(program: string, path: string): Running {
  spawnSync("mkfifo", [path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const output = new Socket({ fd: readEnd, readable: true, writable: false });
  output.pause();
  const writeEnd = openSync(path, constants.O_WRONLY);
  const { child, message } = start(program, writeEnd);
  closeSync(writeEnd);
  return { child, message, output };
}

describe("access log with a stuck reader, at full load", function () {
  this.timeout(30_000);
  let folder = "";
  let running: Running | undefined;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-flood-"));
  });
  afterEach(() => {
    running?.child.kill("SIGKILL");
    running?.output.destroy();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [kind, startFlood] of [
    ["socket", () => startOnSocket(FLOOD)],
    ["pipe", () => startOnPipe(FLOOD, join(folder, "flood"))],
  ] as const) {
    it(`stays flat and quick, says what it drops, and loses nothing else (${kind})`, async () => {
      running = startFlood();
      const { child, output, message } = running;
      const exited = once(child, "exit");
      await message("log-dropping");
      const loaded = await message("loaded");
      expect(loaded["dropped"])
        .to.be.a("number")
        .above(LINES / 2);
      expect(loaded["grownBytes"])
        .to.be.a("number")
        .below(30 * MIB);
      expect(loaded["turnP99Ms"]).to.be.a("number").below(20);

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
    running = startOnPipe(FILL, join(folder, "fill"));
    const exited = once(running.child, "exit");
    const done = await running.message("done");
    expect(done["flushed"]).to.equal(false);
    // A write that blocks would hold a thread of the pool, which process.exit() waits for.
    expect(await exited).to.deep.equal([0, null]);
  });
});
