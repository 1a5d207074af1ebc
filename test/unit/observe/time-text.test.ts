import { expect } from "chai";
import { createClockTime, createHaproxyTime, createIsoTime } from "../../../src/observe/time-text.ts";

describe("time text", () => {
  it("is RFC 3339 in UTC, as Date prints it, also across seconds and back", () => {
    const isoTime = createIsoTime();
    const start = Date.UTC(2026, 11, 31, 23, 59, 59, 998);
    for (const ms of [start, start + 1, start + 2, start + 1, start + 3_600_000, 0, 7, -1, -1001]) {
      expect(isoTime(ms)).to.equal(new Date(ms).toISOString());
    }
  });

  it("cuts fractions of a millisecond", () => {
    expect(createIsoTime()(1999.999)).to.equal("1970-01-01T00:00:01.999Z");
  });

  it("is HAProxy's date in local time", () => {
    const date = new Date(2026, 1, 6, 12, 2, 1, 43);
    expect(createHaproxyTime()(date.getTime())).to.equal("06/Feb/2026:12:02:01.043");
    expect(createClockTime()(date.getTime())).to.equal("12:02:01.043");
  });
});
