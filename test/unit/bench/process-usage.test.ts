import { expect } from "chai";
import {
  cpuTimeNs,
  descendants,
  parseResidentBytes,
  parseSchedstat,
  parseStat,
  processTree,
  residentBytes,
} from "../../../bench/support/process-usage.ts";

const STAT_TAIL =
  "S 41 4242 4242 0 -1 4194560 2500 0 3 0 120 34 0 0 20 0 11 0 9155 1142000000 20000 18446744073709551615";

describe("process usage from /proc", () => {
  it("reads the parent and the CPU ticks of a stat line", () => {
    expect(parseStat(`4242 (node) ${STAT_TAIL}`)).to.deep.equal({ parentPid: 41, cpuTicks: 154 });
  });

  it("is not misled by blanks and parentheses in the command's name", () => {
    expect(parseStat(`4242 (a) R 7 (b) ${STAT_TAIL}`)).to.deep.equal({ parentPid: 41, cpuTicks: 154 });
  });

  it("refuses what is not a stat line", () => {
    expect(() => parseStat("4242 (node) S 41")).to.throw("not a /proc/PID/stat line");
    expect(() => parseStat("")).to.throw("not a /proc/PID/stat line");
  });

  it("reads the nanoseconds on a CPU of a schedstat line, not those of waiting", () => {
    expect(parseSchedstat("65373 49677 2\n")).to.equal(65_373);
    expect(() => parseSchedstat("")).to.throw("not a schedstat line");
    expect(() => parseSchedstat("x 1 2")).to.throw("not a schedstat line");
  });

  it("reads the resident size of smaps_rollup and of status", () => {
    const rollup = "55d0-7ffd ---p 0 00:00 0 [rollup]\nRss:                1736 kB\nPss:                 362 kB\n";
    expect(parseResidentBytes(rollup)).to.equal(1736 * 1024);
    expect(parseResidentBytes("VmHWM:\t  99 kB\nVmRSS:\t   12 kB\nRssAnon:\t 3 kB\n")).to.equal(12 * 1024);
    expect(() => parseResidentBytes("Pss: 3 kB")).to.throw("no resident set size");
  });

  it("finds children and children's children, and nobody else's", () => {
    const parents = new Map([
      [10, 1],
      [30, 20],
      [20, 10],
      [21, 10],
      [40, 2],
    ]);
    expect([...descendants(10, parents)].sort()).to.deep.equal([10, 20, 21, 30]);
    expect(descendants(40, parents)).to.deep.equal([40]);
  });

  it("sees this very process: its CPU time grows with work, its parent's tree contains it", () => {
    const before = cpuTimeNs([process.pid]);
    const startMs = performance.now();
    let x = 1;
    while (performance.now() - startMs < 30) x = Math.imul(x, 3) + 1;
    const grown = cpuTimeNs([process.pid]) - before;
    expect(grown, `after ${x}`).to.be.greaterThan(1e6);
    expect(processTree(process.pid)).to.include(process.pid);
    expect(processTree(process.ppid)).to.include(process.pid);
    expect(residentBytes([process.pid])).to.be.greaterThan(10 * 2 ** 20);
  });

  it("throws for a process that is gone instead of counting it as zero", () => {
    const beyondEveryPid = 2 ** 22 + 1;
    expect(() => cpuTimeNs([beyondEveryPid])).to.throw("ENOENT");
    expect(() => residentBytes([beyondEveryPid])).to.throw("ENOENT");
  });
});
