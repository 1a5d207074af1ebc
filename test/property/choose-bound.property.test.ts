import { expect } from "chai";
import fc from "fast-check";
import type { Skip } from "../../src/model/choice.ts";
import type { Member } from "../../src/model/snapshot.ts";
import { type ChoosePolicy, type ChooseRequest, choose } from "../../src/path/choose.ts";
import { createPicker } from "../../src/path/create-picker.ts";
import { loadOf } from "../support/clusters.ts";
import { runs } from "../support/runs.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { backendOf, memberOf, snapshotOf } from "../support/snapshot-of.ts";

const NOW_MS = 1000;
const IDS = ["app0", "app1", "app2", "app3", "app4"];

const member = (slot: number): fc.Arbitrary<Member> =>
  fc
    .record({
      weight: fc.integer({ min: 0, max: 4 }),
      backup: fc.constantFrom(false, false, true),
      maxConnections: fc.constantFrom(0, 0, 2),
      lifecycle: fc.constantFrom("active" as const, "active" as const, "draining" as const),
      health: fc.constantFrom("healthy" as const, "healthy" as const, "unknown" as const, "unhealthy" as const),
      ejected: fc.constantFrom(false, false, false, true),
      rampUntilMs: fc.constantFrom(0, 0, 2000, 100_000),
      drainDeadlineMs: fc.constantFrom(Number.POSITIVE_INFINITY, NOW_MS),
    })
    .map(({ weight, backup, maxConnections, lifecycle, ...state }) => {
      // Weight 0 means draining.
      const drains = weight === 0 ? "draining" : lifecycle;
      return memberOf(backendOf(`app${slot}`, { weight, backup, maxConnections }), slot, {
        ...state,
        lifecycle: drains,
      });
    });

const id = fc.option(fc.constantFrom(...IDS, "gone"), { nil: undefined });

const scene = fc.nat(5).chain((count) =>
  fc.record({
    members: fc.tuple(...Array.from({ length: count }, (_, slot) => member(slot))),
    open: fc.dictionary(fc.constantFrom("0", "1", "2", "3", "4"), fc.nat(4)),
    panic: fc.boolean(),
    policy: fc.record({
      boundedLoad: fc.constantFrom(0, 1.01, 1.25),
      onDown: fc.constantFrom<ChoosePolicy["onDown"]>("rehash", "reject", "wait"),
    }),
    newSession: fc.constantFrom("hash" as const, "least_conn" as const, "p2c" as const, "round_robin" as const),
    request: fc.record({
      keyHash: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      bound: id,
      boundMayDrain: fc.boolean(),
      hinted: id,
      tried: fc.option(
        fc.subarray(IDS).map((ids) => new Set(ids)),
        { nil: undefined },
      ),
      mayQueue: fc.boolean(),
      nowMs: fc.constant(NOW_MS),
    }),
  }),
);

type Scene = typeof scene extends fc.Arbitrary<infer S> ? S : never;

function decide(given: Scene) {
  const snapshot = { ...snapshotOf(given.members), panic: given.panic };
  const request: ChooseRequest = { ...given.request, picker: createPicker(given.newSession, seededRandom(1)) };
  const skips: Skip[] = [];
  const choice = choose(snapshot, request, given.policy, loadOf(given.open), (skip) => skips.push(skip));
  const bound = given.members.find(({ backend }) => backend.id === given.request.bound);
  return { choice, skips, bound };
}

/** Can take a connection, apart from its draining and the bounded load. */
function isFit({ backend, slot, health, ejected }: Member, { request, open, panic }: Scene): boolean {
  if (request.tried?.has(backend.id) === true) return false;
  if (!panic && (ejected || health === "unhealthy")) return false;
  return backend.maxConnections === 0 || (open[slot] ?? 0) < backend.maxConnections;
}

function isOpenToBound({ lifecycle, drainDeadlineMs }: Member, { request }: Scene): boolean {
  return lifecycle === "active" || (request.boundMayDrain && NOW_MS < drainDeadlineMs);
}

describe("a choice for a request that says where it belongs, whatever the cluster is like", () => {
  it("is that backend if it can take the request, and only then sticky", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { choice, bound } = decide(given);
        const isAtHome = choice.kind === "chosen" && choice.member === bound;
        if (bound !== undefined && given.policy.boundedLoad === 0) {
          expect(isAtHome).to.equal(isFit(bound, given) && isOpenToBound(bound, given));
        }
        if (isAtHome) expect(choice.reason).to.be.oneOf(["sticky", "panic"]);
        if (choice.kind === "chosen" && choice.reason === "sticky") expect(choice.member).to.equal(bound);
      }),
      { numRuns: runs(600) },
    );
  });

  it("waits for that backend and no other, and is refused only where ON_DOWN wants it", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { choice, bound } = decide(given);
        if (bound === undefined) return;
        if (choice.kind === "wait") expect(choice.for).to.equal(bound);
        if (choice.kind === "refused" && choice.because !== "none-eligible") {
          expect(given.policy.onDown).to.not.equal("rehash");
        }
        if (choice.kind === "chosen") expect(choice.home).to.equal(bound.backend.id);
      }),
      { numRuns: runs(600) },
    );
  });

  it("never falls on a backend that cannot take a new session, if it moves", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { choice, bound } = decide(given);
        if (choice.kind !== "chosen" || choice.member === bound) return;
        expect(isFit(choice.member, given)).to.equal(true);
        expect(choice.member.lifecycle).to.equal("active");
      }),
      { numRuns: runs(600) },
    );
  });

  it("is found while anybody can take it (rehash, no queue)", () => {
    fc.assert(
      fc.property(scene, (any) => {
        const given: Scene = {
          ...any,
          policy: { boundedLoad: 0, onDown: "rehash" },
          request: { ...any.request, mayQueue: false },
        };
        const { choice, skips } = decide(given);
        const anybody = given.members.some((m) => isFit(m, given) && m.lifecycle === "active");
        if (anybody) expect(choice.kind).to.equal("chosen");
        const ids = skips.map((skip) => skip.id);
        expect(new Set(ids).size).to.equal(ids.length);
      }),
      { numRuns: runs(600) },
    );
  });
});
