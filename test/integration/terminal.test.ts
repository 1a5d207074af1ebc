import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { within } from "../support/gathered.ts";
import { cleanEnvironment, MAIN } from "../support/lengket-process.ts";
import { requireProgram } from "../support/require-program.ts";
import { settingOf, startBackends } from "../support/test-backend.ts";
import { visit } from "../support/test-client.ts";

/** Their lines are several times what a terminal holds while nobody reads it. */
const CONNECTIONS = 300;

describe("on a terminal", function () {
  this.timeout(30_000);
  const later = closeAfterEach();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-terminal-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("that is not read any more (Ctrl-S) it goes on serving, and SIGTERM ends it", async function () {
    const script = requireProgram(this, "script");
    const backends = await startBackends(2);
    for (const backend of backends) later(() => backend.kill());
    const pidFile = join(folder, "pid");
    const command = `echo $$ > '${pidFile}'; exec '${process.execPath}' '${MAIN}' run`;
    const terminal = spawn(script, ["-q", "-e", "-c", command, "/dev/null"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...cleanEnvironment(),
        LENGKET_BACKENDS: settingOf(backends),
        LENGKET_LISTEN: "127.0.0.1:0",
        LENGKET_HEALTH: "off",
        LENGKET_SHUTDOWN_MIN: "0",
        LENGKET_SHUTDOWN_QUIET: "0",
        LENGKET_SHUTDOWN_TIMEOUT: "1s",
      },
    });
    const ended = once(terminal, "close");
    later(async () => {
      terminal.kill("SIGKILL");
      await ended;
    });
    const port = await portSaid(terminal.stdout);
    const pid = Number(readFileSync(pidFile, "utf8"));
    later(() => endForSure(pid));

    // The terminal's reader sleeps from now on.
    terminal.kill("SIGSTOP");
    for (let i = 0; i < CONNECTIONS; i++) expect(await visit({ host: "127.0.0.1", port })).to.match(/^app/);
    process.kill(pid, "SIGTERM");
    await within(5000, "the end", over(pid));

    terminal.kill("SIGCONT");
    terminal.stdout.resume();
    expect((await within(5000, "the end of the terminal", ended))[0], "the exit code").to.equal(0);
  });
});

/** The port of the line that says where it listens, which is written for people here. */
async function portSaid(output: NodeJS.ReadableStream): Promise<number> {
  let text = "";
  for (;;) {
    const [chunk] = await within(10_000, "the first line", once(output, "data"));
    text += String(chunk);
    const port = /listening on 127\.0\.0\.1:(\d+);/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
}

/** Resolves when the process is no more; until its parent wakes up it may be a zombie (proc(5)). */
async function over(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

function endForSure(pid: number): void {
  if (isRunning(pid)) process.kill(pid, "SIGKILL");
}
