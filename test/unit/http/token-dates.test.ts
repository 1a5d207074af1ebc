import { expect } from "chai";
import { judgeDates, refreshAfterMs, wantsDates } from "../../../src/http/token-dates.ts";

const life = { idleMs: 10_000, lifeMs: 100_000 };
const at = (issuedAtMs: number | undefined, seenAtMs: number | undefined, nowMs: number): string =>
  judgeDates({ issuedAtMs, seenAtMs }, life, nowMs, 500);

describe("token dates", () => {
  it("are asked for by either setting", () => {
    expect(wantsDates({ idleMs: 0, lifeMs: 0 })).to.equal(false);
    expect(wantsDates({ idleMs: 1, lifeMs: 0 })).to.equal(true);
    expect(wantsDates({ idleMs: 0, lifeMs: 1 })).to.equal(true);
  });

  it("are renewed after a tenth of the idle time, at least a second", () => {
    expect(refreshAfterMs(3_600_000)).to.equal(360_000);
    expect(refreshAfterMs(5000)).to.equal(1000);
  });

  it("have exact borders", () => {
    expect(at(0, 0, 999)).to.equal("fresh");
    expect(at(0, 0, 1000)).to.equal("stale");
    expect(at(0, 0, 11_000)).to.equal("stale");
    expect(at(0, 0, 11_001)).to.equal("expired");
    expect(at(0, 100_000, 100_000)).to.equal("fresh");
    expect(at(0, 100_001, 100_001)).to.equal("old");
    expect(at(500, 500, 0)).to.equal("fresh");
    expect(at(501, 0, 0)).to.equal("future");
    expect(at(0, 501, 0)).to.equal("future");
  });

  it("may be missing", () => {
    expect(at(undefined, 0, 0)).to.equal("stale");
    expect(at(0, undefined, 0)).to.equal("stale");
    expect(at(undefined, undefined, 1e15)).to.equal("stale");
  });

  it("do not count when they are not asked for", () => {
    expect(judgeDates({ issuedAtMs: 0, seenAtMs: 0 }, { idleMs: 0, lifeMs: 0 }, 1e15, 500)).to.equal("fresh");
    expect(judgeDates({ issuedAtMs: 0, seenAtMs: 0 }, { idleMs: 0, lifeMs: 1e16 }, 1e15, 500)).to.equal("fresh");
    expect(judgeDates({ issuedAtMs: 0, seenAtMs: 1e15 }, { idleMs: 1000, lifeMs: 0 }, 1e15, 500)).to.equal("fresh");
  });
});
