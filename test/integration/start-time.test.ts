import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { LengketProcess, MAIN } from "../support/lengket-process.ts";
import { settingOf, startBackends } from "../support/test-backend.ts";
import { visit } from "../support/test-client.ts";

const RUNS = 12;
const MOST_MS = 250;

/** What users run, when it was built; it is the same code. */
const BUILT = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));

describe("starting", function () {
  this.timeout(60_000);
  const later = closeAfterEach();

  const title =
    `takes at most ${MOST_MS} ms from the command to the first connection that is served, the checks before it ` +
    `included (median of ${RUNS} starts, without the time for which other processes had the processors)`;
  it(title, async () => {
    const backends = await startBackends(3);
    for (const backend of backends) later(() => backend.kill());
    const flags = { BACKENDS: settingOf(backends), HEALTH: "tcp", ACCESS_LOG: "off" };
    const waitedMs: number[] = [];
    const main = existsSync(BUILT) ? BUILT : MAIN;
    const timesMs: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const startedMs = performance.now();
      const waitedBeforeMs = waitedForCpuMs(process.pid);
      // Writing the coverage of a child takes time that users do not spend.
      const lengket = await LengketProcess.start(flags, { main, env: { NODE_V8_COVERAGE: "" } });
      later(() => lengket.kill());
      await visit({ host: "127.0.0.1", port: lengket.port });
      timesMs.push(performance.now() - startedMs);
      waitedMs.push(waitedForCpuMs(lengket.pid) + waitedForCpuMs(process.pid) - waitedBeforeMs);
      await lengket.kill();
    }
    // The first one reads the files from the disk.
    const [median, waited] = [medianOf(timesMs.slice(1)), medianOf(waitedMs.slice(1))];
    const undisturbed = medianOf(timesMs.slice(1).map((ms, run) => ms - (waitedMs[run + 1] ?? 0)));
    console.log(`      median ${median.toFixed(0)} ms, of which ${waited.toFixed(0)} ms waiting for a processor`);
    expect(undisturbed).to.be.at.most(MOST_MS);
  });
});

function medianOf(timesMs: readonly number[]): number {
  return [...timesMs].sort((a, b) => a - b)[Math.floor(timesMs.length / 2)] ?? Number.NaN;
}

/** How long the main thread could have run while other processes had the processors (the second field of schedstat, ns). */
function waitedForCpuMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
}
