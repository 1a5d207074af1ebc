import { existsSync } from "node:fs";
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

  it(`takes at most ${MOST_MS} ms from the command to the first connection that is served, with the checks before it`, async () => {
    const backends = await startBackends(3);
    for (const backend of backends) later(() => backend.kill());
    const flags = { BACKENDS: settingOf(backends), HEALTH: "tcp", ACCESS_LOG: "off" };
    const main = existsSync(BUILT) ? BUILT : MAIN;
    const timesMs: number[] = [];
    for (let run = 0; run <= RUNS; run++) {
      const startedMs = performance.now();
      // Writing the coverage of a child takes time that users do not spend.
      const lengket = await LengketProcess.start(flags, { main, env: { NODE_V8_COVERAGE: "" } });
      later(() => lengket.kill());
      await visit({ host: "127.0.0.1", port: lengket.port });
      timesMs.push(performance.now() - startedMs);
      await lengket.kill();
    }
    // The first one reads the files from the disk.
    const sorted = timesMs.slice(1).sort((a, b) => a - b);
    const medianMs = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    console.log(`      median ${medianMs.toFixed(0)} ms (${sorted.map((ms) => ms.toFixed(0)).join(" ")})`);
    expect(medianMs).to.be.at.most(MOST_MS);
  });
});
