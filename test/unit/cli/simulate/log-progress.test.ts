import { expect } from "chai";
import { LogProgress, progressLine, rateText } from "../../../../src/cli/simulate/log-progress.ts";
import { CapturedOutput } from "../../../support/captured-output.ts";
import { SteppedClock } from "../../../support/stepped-clock.ts";

const MIB = 2 ** 20;

describe("LogProgress", () => {
  it("draws at most ten times a second, and not at once", () => {
    const [output, clock] = [new CapturedOutput(true), new SteppedClock()];
    const progress = new LogProgress(output, clock, 100 * MIB);
    const drawn = (): number => output.text.split("\r").length - 1;
    for (let ms = 0; ms < 1000; ms++) {
      progress.update({ name: "access.log", bytes: ms * 1000, lines: ms * 7 });
      clock.advance(1);
    }
    expect(drawn()).to.equal(9);
    progress.clear();
    expect(output.text.endsWith("\r\u001b[K")).to.equal(true);
    expect(clock.timers).to.equal(0);
  });

  it("leaves nothing of a log that is read at once", () => {
    const [output, clock] = [new CapturedOutput(true), new SteppedClock()];
    const progress = new LogProgress(output, clock, 1000);
    progress.update({ name: "access.log", bytes: 500, lines: 7 });
    clock.advance(99);
    progress.update({ name: "access.log", bytes: 1000, lines: 14 });
    progress.clear();
    expect(output.text).to.equal("");
  });

  it("fits a narrow terminal", () => {
    const [output, clock] = [Object.assign(new CapturedOutput(true), { columns: 30 }), new SteppedClock()];
    const progress = new LogProgress(output, clock, 1000);
    clock.advance(100);
    progress.update({ name: "access.log", bytes: 500, lines: 7 });
    expect(output.text.replace("\r\u001b[K", "")).to.have.lengthOf(29);
  });

  it("clears once", () => {
    const [output, clock] = [new CapturedOutput(true), new SteppedClock()];
    const progress = new LogProgress(output, clock, undefined);
    clock.advance(100);
    progress.update({ name: "access.log", bytes: 500, lines: 7 });
    progress.clear();
    const { text } = output;
    progress.clear();
    expect(output.text).to.equal(text);
  });
});

describe("progressLine", () => {
  it("tells the share of the bytes, the rate and what is left", () => {
    expect(progressLine({ name: "access.log", bytes: 62, lines: 2_620_000 }, 100, 2000)).to.equal(
      "access.log  ████████████░░░░░░░░  62 %  1.31 million lines/s  2 s left",
    );
    expect(progressLine({ name: "a", bytes: 10, lines: 100 }, 1000, 1000)).to.match(
      / {3}1 % {2}100 lines\/s {2}1 min 39 s left$/,
    );
    // A log that grows while it is read.
    expect(progressLine({ name: "a", bytes: 1200, lines: 100 }, 1000, 1000))
      .to.include(" 100 %")
      .and.to.include(" 0 s left");
    expect(progressLine({ name: "a", bytes: 1, lines: 100 }, 1000, 1000)).not.to.include("left");
  });

  it("tells only what has come when nobody knows the length", () => {
    expect(progressLine({ name: "standard input", bytes: 5 * MIB, lines: 54_321 }, undefined, 1000)).to.equal(
      "standard input  5 MiB  54 thousand lines/s",
    );
  });

  it("fits a terminal whatever the name, and keeps its end", () => {
    const line = progressLine(
      { name: `/var/log/${"x".repeat(200)}/access.log.gz`, bytes: 62e9, lines: 2e9 },
      1e11,
      1e7,
    );
    expect(line.length).to.be.lessThan(80);
    expect(line).to.match(/^…x+\/access\.log\.gz {2}█/);
  });
});

describe("rateText", () => {
  it("has three digits at most", () => {
    expect([0, 870, 999, 1000, 54_321, 999_499, 999_500, 12_345_678].map(rateText)).to.deep.equal([
      ...["0", "870", "999", "1 thousand", "54 thousand", "999 thousand", "1.00 million", "12.3 million"],
    ]);
    expect(rateText(Number.NaN)).to.equal("0");
    expect(rateText(Number.POSITIVE_INFINITY)).to.equal("0");
  });
});
