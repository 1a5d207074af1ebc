import { expect } from "chai";
import { DEFAULT_REQUEST_HEAD_LIMITS, DEFAULT_RESPONSE_HEAD_LIMITS } from "../../../../src/http/message-limits.ts";
import { HeadIntake } from "../../../../src/path/http/head-intake.ts";
import { Readers } from "../../../../src/path/http/readers.ts";
import { GET } from "../../../support/http-world.ts";
import { SteppedClock } from "../../../support/stepped-clock.ts";

function rig() {
  const clock = new SteppedClock(1_000_000);
  const intake = new HeadIntake(new Readers(DEFAULT_REQUEST_HEAD_LIMITS, DEFAULT_RESPONSE_HEAD_LIMITS), clock);
  const targets: string[] = [];
  const read = (text: string): unknown => {
    const bytes = Buffer.from(text);
    return intake.read(bytes, 0, bytes.length, ({ source, targetStart, targetEnd }) =>
      targets.push(source.toString("latin1", targetStart, targetEnd)),
    );
  };
  return { clock, intake, targets, read };
}

describe("HeadIntake", () => {
  it("tells when the head began and how long it took", () => {
    const { clock, intake, targets, read } = rig();
    clock.advance(100);
    expect(read(GET.slice(0, 7))).to.equal("more");
    expect([intake.isUnderWay, intake.startMs]).to.deep.equal([true, 100]);
    clock.advance(50);
    expect(read(GET.slice(7))).to.equal("head");
    expect([intake.isUnderWay, intake.startMs, intake.endMs, intake.next]).to.deep.equal([
      false,
      100,
      150,
      GET.length - 7,
    ]);
    clock.advance(50);
    read(GET);
    expect([intake.startMs, intake.endMs, targets]).to.deep.equal([200, 200, ["/", "/"]]);
  });

  it("an empty line ahead of a head is not the beginning of one", () => {
    const { clock, intake, read } = rig();
    expect(read("\r\n")).to.equal("more");
    expect(intake.isUnderWay).to.equal(false);
    clock.advance(70);
    expect(read("\r")).to.equal("more");
    expect(read(`\n${GET.slice(0, 3)}`)).to.equal("more");
    expect([intake.isUnderWay, intake.startMs]).to.deep.equal([true, 70]);
    clock.advance(5);
    expect([read(GET.slice(3)), intake.startMs, intake.endMs]).to.deep.equal(["head", 70, 75]);
  });

  it("forgets a part of a head", () => {
    const { intake, targets, read } = rig();
    read("GET /half");
    intake.stop();
    expect(intake.isUnderWay).to.equal(false);
    expect([read(GET), targets]).to.deep.equal(["head", ["/"]]);
  });

  it("is idle again behind a refusal, and gives nobody a head that was refused", () => {
    const { intake, targets, read } = rig();
    expect(read("GET  / HTTP/1.1\r\n")).to.deep.include({ status: 400 });
    expect(intake.isUnderWay).to.equal(false);
    expect([read(GET), targets]).to.deep.equal(["head", ["/"]]);
  });
});
