import { expect } from "chai";
import { LineRing } from "../../../src/observe/line-ring.ts";
import { createLog } from "../../../src/observe/log.ts";
import { reportRing } from "../../../src/observe/report-ring.ts";
import { ScriptedFiles } from "../../support/scripted-files.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

function ringOn(files: ScriptedFiles, limitBytes: number): LineRing {
  return new LineRing({ file: { fd: 1, owned: false }, limitBytes, lingerMs: 0, clock: new SteppedClock(), files });
}

function logOn(ring: LineRing) {
  return createLog({
    ...{ level: "info", format: "pretty", instance: "lb1", isTTY: false, color: false },
    ...{ ring, clock: new SteppedClock() },
  });
}

/** Everything written, without the time. */
function said(files: ScriptedFiles): string[] {
  while (files.inFlight !== undefined) files.take();
  return files
    .text(1)
    .replace(/^\S{12} /gm, "")
    .split("\n")
    .slice(0, -1);
}

describe("reportRing", () => {
  it("says when lines begin to be lost, and how many were when it is over", () => {
    const access = new ScriptedFiles();
    const errors = new ScriptedFiles();
    const ring = ringOn(access, 20);
    reportRing(ring, "the access log", logOn(ringOn(errors, 4096)));
    for (let i = 0; i < 5; i++) ring.append("123456789");
    access.take();
    expect(said(errors)).to.deep.equal([
      "warn  the access log is dropping lines: its reader is too slow",
      "warn  the access log flows again: 2 lines were lost dropped=2",
    ]);
  });

  it("says that nothing can be written, and why", () => {
    const access = new ScriptedFiles();
    const errors = new ScriptedFiles();
    const ring = ringOn(access, 20);
    reportRing(ring, "the access log", logOn(ringOn(errors, 4096)));
    ring.append("1");
    access.refuse("EPIPE");
    ring.append("2");
    expect(said(errors)).to.deep.equal(["error the access log cannot be written: EPIPE code=EPIPE dropped=1"]);
  });

  it("can report on the log's own ring", () => {
    const files = new ScriptedFiles();
    const ring = ringOn(files, 200);
    const log = logOn(ring);
    reportRing(ring, "the log", log);
    for (let i = 0; i < 12; i++) log.info("hello");
    const lines = said(files);
    expect(lines.at(-1)).to.match(/^warn {2}the log flows again: \d+ lines were lost dropped=\d+$/);
    expect(lines.filter((line) => line === "info  hello")).to.have.length.below(12);
    expect(ring.appended).to.equal(ring.written + ring.dropped);
  });
});
