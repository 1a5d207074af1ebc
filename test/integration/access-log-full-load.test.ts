import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { cpuMsOf } from "../support/lengket-process.ts";
import { MeasuredProcess } from "../support/measured-process.ts";
import { settingOf, startBackends } from "../support/test-backend.ts";
import { loopback, visit } from "../support/test-client.ts";

const MIB = 1 << 20;
/** The same load with a reader that reads, for comparison: V8's young generation grows and shrinks under any load. */
const WARM_UP = 20_000;
const LOAD = 20_000;

describe("access log to a stuck pipe, at full load of real connections", function () {
  this.timeout(60_000);
  const later = closeAfterEach();

  it("memory and event loop stay flat, drops are counted and said, and the rest of the lines is whole", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lengket-stuck-"));
    later(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "pipe");
    spawnSync("mkfifo", [path]);
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const output = new Socket({ fd, readable: true, writable: false });
    later(() => output.destroy());
    const writeEnd = openSync(path, constants.O_WRONLY);
    const backends = await startBackends(3);
    for (const backend of backends) later(() => backend.kill());
    const measured = await MeasuredProcess.start(
      { BACKENDS: settingOf(backends), ACCESS_LOG: "stdout", ACCESS_LOG_BUFFER: "1MiB" },
      { stdout: writeEnd },
    );
    closeSync(writeEnd);
    later(() => measured.kill());

    let next = 0;
    /** Makes clients come until there have been so many. @returns the CPU time that it took the balancer, in ms */
    const load = async (until: number): Promise<number> => {
      const before = cpuMsOf(measured.lengket.pid);
      const worker = async (): Promise<void> => {
        while (next < until) {
          await visit({ host: "127.0.0.1", port: measured.port, localAddress: loopback(next++ % 1000) });
        }
      };
      await Promise.all(Array.from({ length: 50 }, worker));
      return cpuMsOf(measured.lengket.pid) - before;
    };
    const allRead = new Promise((resolve) => output.on("close", resolve));
    const ids = new Set<number>();
    const lines = createInterface({ input: output }).on("line", (line) => ids.add(JSON.parse(line).id));
    measured.markMemory();
    const usualCpuMs = await load(WARM_UP);
    const usualPeak = measured.memoryPeak();
    lines.pause();
    measured.markMemory();
    // Nobody would be served by an event loop that waited for the reader; one that has more to do takes more time.
    const cpuMs = await load(WARM_UP + LOAD);
    const grown = measured.memoryPeak() - usualPeak;
    console.log(
      `      memory grew by ${(grown / MIB).toFixed(1)} MiB, CPU time ${cpuMs} ms of usually ${usualCpuMs} ms`,
    );
    expect(grown).to.be.below(30 * MIB);
    expect(cpuMs).to.be.below(2 * usualCpuMs);
    const { lengket } = measured;
    const dropping = await lengket.said("log-dropping");
    expect(dropping["message"]).to.include("the access log is dropping lines");

    // The reader wakes up: what is left arrives whole, and how many are missing is said.
    lines.resume();
    const flowing = await lengket.said("log-flowing");
    expect(flowing["dropped"])
      .to.be.a("number")
      .above(LOAD / 2);
    lengket.signal("SIGINT");
    expect(await lengket.exited).to.deep.equal({ code: 0, signal: null });
    await allRead;
    const lost = WARM_UP + LOAD - ids.size;
    expect(lost, "lines that did not come, and the first drop that was told at once").to.equal(
      Number(dropping["dropped"] ?? 1) + Number(flowing["dropped"]),
    );
  });
});
