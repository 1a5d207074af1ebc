import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runMeasured } from "../../bench/skew/log-run.ts";
import { createSeededRandom } from "../../src/skew/seeded-random.ts";
import { MAIN } from "../support/lengket-process.ts";

/** Promised are 200 MB; without its care for memory it takes 180 MB with Node 20, and 315 MB with Node 24. */
const MOST_BYTES = 160e6;
const ADDRESSES = 60_000;

describe("the memory of lengket simulate", function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-memory-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it(`stays below ${MOST_BYTES / 1e6} MB, with all policies and many addresses`, async () => {
    const log = join(folder, "access.csv");
    const random = createSeededRandom(1, "addresses of a log");
    const lines = Array.from({ length: ADDRESSES }, (_, i) => {
      const bits = random.u32();
      const network = `${20 + (bits >>> 26)}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}`;
      return `${network}.${random.below(256)},${i === 0 ? ADDRESSES : 3}\n`;
    });
    writeFileSync(log, lines.join(""));
    const { peakBytes, stdout, stderr } = await runMeasured([], [MAIN, "simulate", "--from", log, "--backends", "10"]);
    expect(stdout).to.include("IPVS source hashing").and.to.include("Verdict");
    expect(stderr).to.match(/^lengket: 60,000 lines of .+ read.*\n$/);
    expect(peakBytes).to.be.within(30e6, MOST_BYTES);
  });
});
