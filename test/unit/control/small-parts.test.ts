import { expect } from "chai";
import { Deadlines } from "../../../src/control/deadlines.ts";
import { BODY_LIMIT_BYTES, BodySearch } from "../../../src/control/health/body-search.ts";
import { authority, checkTarget } from "../../../src/control/health/check-target.ts";
import { probeFailure } from "../../../src/control/health/probe-failure.ts";
import { rangesText, statusIn } from "../../../src/control/health/status-ranges.ts";
import { reloadReport } from "../../../src/control/reload-report.ts";
import { countText, durationText } from "../../../src/control/words.ts";
import type { Timer } from "../../../src/platform/clock.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";
import { backend } from "./fixtures.ts";

describe("durationText and countText", () => {
  it("write what people write", () => {
    const texts = [0, 40.4, 999, 1000, 1500, 59_900, 60_000, 90_000, 3_600_000].map(durationText);
    expect(texts).to.deep.equal(["0ms", "40ms", "999ms", "1s", "1.5s", "59.9s", "1m", "1.5m", "1h"]);
    expect([countText(1, "check"), countText(3, "check")]).to.deep.equal(["1 check", "3 checks"]);
  });
});

describe("checkTarget", () => {
  const own = backend("a", { host: "10.0.0.1", port: 80 });

  it("prefers what is written for the backend, then the setting, then the backend itself", () => {
    expect(checkTarget(own, { port: undefined })).to.deep.equal({ host: "10.0.0.1", port: 80 });
    expect(checkTarget(own, { port: 81 })).to.deep.equal({ host: "10.0.0.1", port: 81 });
    const written = { ...own, health: { host: "10.0.0.9", port: 82 } };
    expect(checkTarget(written, { port: 81 })).to.deep.equal({ host: "10.0.0.9", port: 82 });
    expect(checkTarget(own, { port: undefined, sourceAddress: (host) => `for ${host}` })).to.deep.equal({
      host: "10.0.0.1",
      port: 80,
      localAddress: "for 10.0.0.1",
    });
    expect(checkTarget({ ...own, health: { path: "/x" } }, { port: 81 }).port).to.equal(81);
  });

  it("is named as a Host header names it", () => {
    expect(authority({ host: "10.0.0.1", port: 80 })).to.equal("10.0.0.1");
    expect(authority({ host: "2001:db8::1", port: 8080 })).to.equal("[2001:db8::1]:8080");
  });
});

describe("probeFailure", () => {
  const coded = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

  it("blames the backend for what the backend does", () => {
    expect(probeFailure(coded("ECONNREFUSED"))).to.deep.equal({ verdict: "fail", detail: "connect refused" });
    expect(probeFailure(coded("EHOSTUNREACH"))).to.deep.equal({ verdict: "fail", detail: "host unreachable" });
    expect(probeFailure(coded("ENOTFOUND"))).to.deep.equal({ verdict: "fail", detail: "name not found" });
    expect(probeFailure(coded("EPROTO"))).to.deep.equal({ verdict: "fail", detail: "EPROTO" });
    expect(probeFailure(new Error("something else"))).to.deep.equal({ verdict: "fail", detail: "something else" });
  });

  it("decides nothing when this machine is short of something", () => {
    for (const code of ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EAI_AGAIN"]) {
      expect(probeFailure(coded(code)).verdict).to.equal("undecided");
    }
  });

  it("looks into the errors of a name with several addresses", () => {
    const all = new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")]);
    expect(probeFailure(all).detail).to.equal("connect refused");
  });
});

describe("status ranges", () => {
  const ranges = [
    { from: 200, to: 299 },
    { from: 404, to: 404 },
  ];

  it("include both ends", () => {
    const statuses = [199, 200, 299, 300, 403, 404, 405];
    expect(statuses.filter((status) => statusIn(ranges, status))).to.deep.equal([200, 299, 404]);
    expect(rangesText(ranges)).to.equal("200-299,404");
  });
});

describe("BodySearch", () => {
  it("finds a text wherever the pieces are cut", () => {
    const body = Buffer.from("status: bereit für alles");
    for (let cut = 0; cut <= body.length; cut++) {
      const search = new BodySearch("bereit für");
      search.add(body.subarray(0, cut));
      search.add(body.subarray(cut));
      expect(search.found, `cut at ${cut}`).to.equal(true);
    }
  });

  it("finds a text that comes byte by byte, and none that is not there", () => {
    const search = new BodySearch("ok!");
    for (const byte of Buffer.from("o ok ook")) search.add(Buffer.of(byte));
    expect(search.found).to.equal(false);
    search.add(Buffer.from("!"));
    expect(search.found).to.equal(true);
  });

  it("looks no further than 64 KiB", () => {
    const inside = new BodySearch("end");
    inside.add(Buffer.concat([Buffer.alloc(BODY_LIMIT_BYTES - 3), Buffer.from("end")]));
    expect([inside.found, inside.full]).to.deep.equal([true, true]);
    const across = new BodySearch("end");
    across.add(Buffer.alloc(BODY_LIMIT_BYTES - 2));
    expect(across.full).to.equal(false);
    across.add(Buffer.from("end"));
    across.add(Buffer.from("end"));
    expect([across.found, across.full]).to.deep.equal([false, true]);
  });

  it("has found an empty text at once", () => {
    expect(new BodySearch("").found).to.equal(true);
  });
});

describe("Deadlines", () => {
  it("run at their time, move and are cancelled with what is wanted", () => {
    const clock = new SteppedClock();
    const fired: string[] = [];
    const deadlines = new Deadlines<string>(clock, (key) => fired.push(`${key}@${clock.nowMs()}`));
    deadlines.sync(
      new Map([
        ["a", 100],
        ["b", 100],
        ["never", Number.POSITIVE_INFINITY],
      ]),
    );
    expect(clock.timers).to.equal(2);
    deadlines.sync(new Map([["a", 150]]));
    clock.advance(149);
    expect(fired).to.deep.equal([]);
    clock.advance(1);
    expect(fired).to.deep.equal(["a@150"]);
    expect(clock.timers).to.equal(0);
  });

  it("never run early, however early the timer is", () => {
    const clock = new SteppedClock();
    const hasty = {
      nowMs: () => clock.nowMs(),
      wallMs: () => 0,
      after: (delayMs: number, action: () => void): Timer => clock.after(Math.min(delayMs, 40), action),
    };
    const fired: number[] = [];
    new Deadlines<string>(hasty, () => fired.push(clock.nowMs())).sync(new Map([["a", 100]]));
    clock.advance(99);
    expect(fired).to.deep.equal([]);
    clock.advance(1);
    expect(fired).to.deep.equal([100]);
  });

  it("run at once when their time is past", () => {
    const clock = new SteppedClock();
    clock.advance(500);
    const fired: string[] = [];
    new Deadlines<string>(clock, (key) => fired.push(key)).sync(new Map([["a", 100]]));
    clock.advance(0);
    expect(fired).to.deep.equal(["a"]);
  });
});

describe("reloadReport", () => {
  it("sorts what changed", () => {
    const before = ["a", "b", "c", "d", "e"].map((id) => backend(id, { weight: 2 }));
    const after = [
      backend("f"),
      backend("e", { weight: 2 }),
      backend("d", { weight: 2, backup: true }),
      backend("c", { port: 9, weight: 4 }),
      backend("b", { weight: 1 }),
    ];
    expect(reloadReport(before, after, 0.25)).to.deep.equal({
      added: ["f"],
      removed: ["a"],
      reweighted: ["b", "c"],
      changedAddress: ["c"],
      reconfigured: ["d"],
      movedShare: 0.25,
    });
  });
});
