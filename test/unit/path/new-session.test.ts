import { expect } from "chai";
import { fmix32 } from "../../../src/hashing/murmur3.ts";
import type { ClusterSnapshot, Member } from "../../../src/model/snapshot.ts";
import { createPicker } from "../../../src/path/create-picker.ts";
import type { NewSessionPicker } from "../../../src/path/new-session.ts";
import { type Changes, clusterOf, loadOf, memberById } from "../../support/clusters.ts";
import { seededRandom } from "../../support/seeded-random.ts";

type Kind = "least_conn" | "p2c" | "round_robin";
const KINDS: readonly Kind[] = ["least_conn", "p2c", "round_robin"];

function pickerOf(kind: Kind, seed = 1): NewSessionPicker {
  const picker = createPicker(kind, seededRandom(seed));
  if (picker === undefined) throw new Error("no picker");
  return picker;
}

let draws = 0;
/** A new hash for each session, as the data path has it. */
const nextHash = (): number => fmix32(++draws) >>> 0;

function pick(
  picker: NewSessionPicker,
  members: readonly Member[],
  open: Readonly<Record<number, number>> = {},
  nowMs = 0,
  keyHash = nextHash(),
): string {
  return picker.pick(members, { load: loadOf(open), nowMs, keyHash }).backend.id;
}

/** How many of `sessions` each got, all of them over at once. */
function counts(
  picker: NewSessionPicker,
  members: readonly Member[],
  sessions: number,
  nowMs = 0,
): Readonly<Record<string, number>> {
  const count: Record<string, number> = Object.fromEntries(members.map(({ backend }) => [backend.id, 0]));
  for (let i = 0; i < sessions; i++) {
    const id = pick(picker, members, {}, nowMs);
    count[id] = (count[id] ?? 0) + 1;
  }
  return count;
}

const membersOf = (backends: Readonly<Record<string, Changes>>): readonly Member[] => clusterOf(backends).members;
const weight = (of: number): Changes => ({ of: { weight: of } });

describe("the pickers of new sessions", () => {
  beforeEach(() => {
    draws = 0;
  });

  it("hash needs none", () => expect(createPicker("hash", seededRandom(1))).to.equal(undefined));

  for (const kind of KINDS) {
    describe(kind, () => {
      it("takes the only one", () => {
        const picker = pickerOf(kind);
        expect(counts(picker, membersOf({ a: {} }), 5)).to.deep.equal({ a: 5 });
      });

      it("fills a quiet cluster in proportion to the weights", () => {
        const got = counts(pickerOf(kind), membersOf({ a: weight(1), b: weight(2), c: weight(5) }), 800);
        const slack = kind === "p2c" ? 110 : 1;
        // With two random choices the light ones are second choices more often than their weight says.
        expect(got["a"]).to.be.closeTo(100, slack);
        expect(got["b"]).to.be.closeTo(200, slack);
        expect(got["c"]).to.be.closeTo(500, slack);
      });

      it("takes a cold one rather than none", () => {
        const cold = { rampFromMs: 0, rampUntilMs: 1000 };
        const got = counts(pickerOf(kind), membersOf({ a: cold, b: cold }), 100);
        expect((got["a"] ?? 0) + (got["b"] ?? 0)).to.equal(100);
        expect(got["a"]).to.be.within(20, 80);
      });

      it("gives a backend in slow start the part of its share that it has warmed up to", () => {
        const members = membersOf({ a: {}, b: {}, c: {}, cold: { rampFromMs: 0, rampUntilMs: 1000 } });
        for (const nowMs of [0, 250, 500]) {
          const got = counts(pickerOf(kind), members, 4000, nowMs)["cold"] ?? 0;
          const fraction = nowMs / 1000;
          expect(got, `at ${fraction}`).to.be.within(
            kind === "p2c" ? 600 * fraction : 800 * fraction,
            1350 * fraction + 25,
          );
        }
      });

      it("forgets the slow start when it is over", () => {
        const picker = pickerOf(kind);
        const members = membersOf({ a: {}, b: {}, cold: { rampFromMs: 0, rampUntilMs: 1000 } });
        counts(picker, members, 500, 10);
        const got = counts(picker, members, 300, 1000);
        expect(got["cold"]).to.be.closeTo(100, kind === "p2c" ? 40 : 2);
      });

      it("does not flood a newcomer, nor one that was away", () => {
        const picker = pickerOf(kind);
        const all = membersOf({ a: {}, b: {}, c: {}, d: {} });
        const withoutD = all.slice(0, 3);
        counts(picker, all, 40);
        counts(picker, withoutD, 3000);
        const got = counts(picker, all, 40);
        expect(got["d"]).to.be.closeTo(10, kind === "p2c" ? 9 : 1);
      });

      it("goes on where it was with the next snapshot", () => {
        const picker = pickerOf(kind);
        const snapshots: readonly ClusterSnapshot[] = [1, 2].map((version) =>
          clusterOf({ a: {}, b: {}, c: {} }, { version }),
        );
        const got: Record<string, number> = { a: 0, b: 0, c: 0 };
        for (let i = 0; i < 300; i++) {
          const id = pick(picker, snapshots[i % 2]?.members ?? []);
          got[id] = (got[id] ?? 0) + 1;
        }
        const slack = kind === "p2c" ? 30 : 0;
        for (const id of ["a", "b", "c"]) expect(got[id]).to.be.closeTo(100, slack);
      });

      it("takes slots of any number", () => {
        const picker = pickerOf(kind);
        const members = [40, 7, 300].map((slot) => ({ ...memberById(clusterOf({ a: {} }), "a"), slot }));
        for (let i = 0; i < 9; i++) expect(pick(picker, members)).to.equal("a");
      });
    });
  }

  describe("least_conn", () => {
    it("takes the one with the fewest requests in flight per weight", () => {
      const members = membersOf({ a: weight(1), b: weight(4), c: weight(1) });
      expect(pick(pickerOf("least_conn"), members, { 0: 3, 1: 7, 2: 2 })).to.equal("b");
      expect(pick(pickerOf("least_conn"), members, { 0: 1, 1: 9, 2: 2 })).to.equal("a");
    });

    it("does not lose its count of sessions while the load decides", () => {
      const picker = pickerOf("least_conn");
      const members = membersOf({ a: {}, b: {} });
      for (let i = 0; i < 3; i++) expect(pick(picker, members, { 0: 1 })).to.equal("b");
      expect(pick(picker, members)).to.equal("a");
    });

    it("counts one in slow start as busier than it is", () => {
      const members = membersOf({ a: {}, cold: { rampFromMs: 0, rampUntilMs: 1000 } });
      for (let i = 0; i < 50; i++) expect(pick(pickerOf("least_conn"), members, { 0: 3, 1: 2 }, 500)).to.equal("a");
    });
  });

  describe("p2c", () => {
    it("never takes the busiest of three", () => {
      const picker = pickerOf("p2c");
      const members = membersOf({ a: {}, b: {}, c: {} });
      const got = new Set(Array.from({ length: 200 }, () => pick(picker, members, { 0: 1, 1: 5, 2: 3 })));
      expect([...got].sort()).to.deep.equal(["a", "c"]);
    });

    it("draws two different ones: of two the idler always wins", () => {
      const picker = pickerOf("p2c");
      const members = membersOf({ a: weight(256), b: weight(1) });
      for (let i = 0; i < 200; i++) expect(pick(picker, members, { 0: 300, 1: 1 })).to.equal("b");
    });

    it("compares by weight", () => {
      const members = membersOf({ a: weight(4), b: weight(1) });
      for (let i = 0; i < 50; i++) expect(pick(pickerOf("p2c", i), members, { 0: 7, 1: 2 })).to.equal("a");
    });

    it("survives a generator at its edge", () => {
      const picker = createPicker("p2c", { next: () => 1 - 2 ** -53 });
      expect(
        picker?.pick(membersOf({ a: {}, b: {}, c: {} }), { load: loadOf(), nowMs: 0, keyHash: 1 }).backend.id,
      ).to.equal("c");
    });
  });

  describe("round_robin", () => {
    it("is smooth", () => {
      const picker = pickerOf("round_robin");
      const members = membersOf({ a: weight(5), b: weight(1), c: weight(1) });
      const turns = Array.from({ length: 14 }, () => pick(picker, members)).join("");
      expect(turns).to.equal("aabacaaaabacaa");
    });

    it("does not care for load", () => {
      const picker = pickerOf("round_robin");
      const members = membersOf({ a: {}, b: {} });
      const turns = Array.from({ length: 4 }, () => pick(picker, members, { 0: 99 })).join("");
      expect(turns).to.equal("abab");
    });

    it("gives a slot that another backend has by now a fresh start", () => {
      const picker = pickerOf("round_robin");
      const before = membersOf({ a: weight(100), b: weight(1) });
      pick(picker, before);
      const after = membersOf({ x: weight(1), y: weight(1) });
      expect([pick(picker, after), pick(picker, after)].sort()).to.deep.equal(["x", "y"]);
    });
  });
});
