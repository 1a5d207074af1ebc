import { expect } from "chai";
import { checkTimePlan, createTimePlan } from "../../../../src/skew/simulation/create-time-plan.ts";
import { defaultChanges, nextBackend } from "../../../../src/skew/simulation/default-changes.ts";
import type { PlannedChange } from "../../../../src/skew/simulation/time-study.ts";
import { backendsOf } from "../../../support/hand-made-workload.ts";

const three = backendsOf(3);
const change = (atMs: number, kind: PlannedChange["kind"], backend: string): PlannedChange => ({ atMs, kind, backend });

describe("defaultChanges", () => {
  it("fails the middle one, drains the first, and adds one", () => {
    expect(defaultChanges(three, 60_000)).to.deep.equal([
      change(25_000, "fails", "s2"),
      change(32_000, "returns", "s2"),
      change(38_000, "drains", "s1"),
      change(45_000, "returns", "s1"),
      change(52_000, "joins", "s4"),
    ]);
  });

  it("does not drain the only one", () => {
    expect(defaultChanges(backendsOf(1), 60_000).map(({ kind }) => kind)).to.deep.equal(["fails", "returns", "joins"]);
    expect(() => defaultChanges([], 60_000)).to.throw(RangeError, "no backends");
  });
});

describe("nextBackend", () => {
  const following = (...backends: readonly (readonly [id: string, address: string])[]) =>
    nextBackend(backends.map(([id, address]) => ({ id, address, weight: 7 })));

  it("counts on from the last one", () => {
    expect(following(["s9", "10.0.0.9:80"])).to.deep.equal({ id: "s10", address: "10.0.0.10:80", weight: 7 });
    expect(following(["app", "shop.example:80"])).to.deep.equal({ id: "app2", address: "shop.example:81", weight: 7 });
    expect(following(["a", "[2001:db8::1]:65535"]).address).to.equal("[2001:db8::1]:1");
    expect(following(["a", "10.0.0.254:80"]).address).to.equal("10.0.0.254:81");
  });

  it("leaves out what is taken", () => {
    const joined = following(["s2", "10.0.0.2:80"], ["s3", "10.0.0.3:80"], ["s1", "10.0.0.1:80"]);
    expect(joined).to.include({ id: "s4", address: "10.0.0.4:80" });
  });
});

describe("a time plan", () => {
  it("is an hour with a quarter of warm-up, unless said otherwise", () => {
    const plan = createTimePlan(three);
    expect(plan).to.include({ seed: 1, sessions: 20_000, lengthMs: 3_600_000, warmUpMs: 900_000 });
    expect(plan).to.include({ connectionMs: 30_000, pauseMs: 30_000 });
    expect(plan.joining.map(({ id }) => id)).to.deep.equal(["s4"]);
    const short = createTimePlan(three, { lengthMs: 8_000, sessions: 5 });
    expect(short).to.include({ lengthMs: 8_000, warmUpMs: 2_000, sessions: 5 });
    expect(short.changes[0]?.atMs).to.equal(3_333);
  });

  it("lets only those join whom a change names", () => {
    expect(createTimePlan(three, { changes: [] }).joining).to.deep.equal([]);
    const own = { id: "big", address: "10.9.9.9:80", weight: 4 };
    const changes = [change(2_000_000, "joins", "big")];
    expect(createTimePlan(three, { changes, joining: [own] }).joining).to.deep.equal([own]);
    expect(() => createTimePlan(three, { changes })).to.throw(
      RangeError,
      '"big joins" at 2000000 ms is about a backend that is not there',
    );
  });

  it("refuses numbers that make no sense", () => {
    const refused = (given: Parameters<typeof createTimePlan>[1], message: string): void => {
      expect(() => createTimePlan(three, given), message).to.throw(RangeError, message);
    };
    refused({ seed: -1 }, "the seed is -1, not a whole number from 0 to 4294967295");
    refused({ sessions: 0 }, "the number of sessions is 0, not a whole number from 1 to 200000");
    refused({ sessions: 1.5 }, "the number of sessions is 1.5, not a whole number");
    refused({ lengthMs: 999 }, "the length in ms is 999, not a whole number from 1000 to 86400000");
    refused({ lengthMs: 2_000, warmUpMs: 2_000 }, "the warm-up in ms is 2000, not a whole number from 0 to 1999");
    refused({ connectionMs: 0 }, "the mean length of connections in ms is 0, not from 1 to 86400000");
    refused({ pauseMs: Number.NaN }, "the mean pause in ms is NaN, not from 1 to 86400000");
    expect(() => checkTimePlan(createTimePlan(three), [])).to.throw(RangeError, "no backends");
  });

  it("refuses changes that cannot happen", () => {
    const base = { lengthMs: 10_000, warmUpMs: 1_000 };
    const refused = (changes: readonly PlannedChange[], message: string): void => {
      expect(() => createTimePlan(three, { ...base, changes }), message).to.throw(RangeError, message);
    };
    refused([change(1_000, "fails", "s1")], "between the end of the warm-up (1000 ms) and the end (10000 ms)");
    refused([change(10_000, "fails", "s1")], '"s1 fails" at 10000 ms is not between');
    refused([change(1_500.5, "fails", "s1")], "is not at a whole number of ms");
    refused([change(2_000, "fails", "s7")], '"s7 fails" at 2000 ms is about a backend that is not there');
    refused(
      [change(3_000, "fails", "s1"), change(2_000, "fails", "s1")],
      '"s1 fails" at 3000 ms cannot happen: it is down then',
    );
    refused([change(2_000, "returns", "s1")], "it is up then");
    refused([change(2_000, "joins", "s1")], "it is up then");
    refused([change(2_000, "fails", "s1"), change(3_000, "drains", "s1")], "it is down then");
    refused([change(3_000, "joins", "s4"), change(2_000, "fails", "s4")], "it has not joined yet then");
    const [s1] = three;
    const joining = s1 === undefined ? [] : [s1];
    expect(() => createTimePlan(three, { joining, changes: [] })).to.throw(RangeError, "two backends called s1");
    const idle = [{ id: "s9", address: "10.0.0.9:80", weight: 1 }];
    expect(() => createTimePlan(three, { joining: idle, changes: [] })).to.throw(
      RangeError,
      "s9 is to join, but no change",
    );
  });

  it("takes what can", () => {
    const changes = [
      change(2_000, "drains", "s1"),
      change(2_000, "fails", "s1"),
      change(3_000, "returns", "s1"),
      change(4_000, "joins", "s4"),
      change(5_000, "fails", "s4"),
    ];
    expect(createTimePlan(three, { lengthMs: 10_000, warmUpMs: 1_000, changes }).changes).to.deep.equal(changes);
  });
});
