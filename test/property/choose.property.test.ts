import { expect } from "chai";
import fc from "fast-check";
import type { Skip } from "../../src/model/choice.ts";
import type { HashPolicy } from "../../src/model/hash-table.ts";
import type { ClusterSnapshot, Member } from "../../src/model/snapshot.ts";
import { type ChoosePolicy, type ChooseRequest, choose } from "../../src/path/choose.ts";
import { isAdmitted } from "../../src/path/eligibility.ts";
import { loadOf, orderOf } from "../support/clusters.ts";
import { runs } from "../support/runs.ts";
import { backendOf, memberOf, snapshotOf } from "../support/snapshot-of.ts";

interface Scene {
  readonly members: readonly Member[];
  readonly open: Readonly<Record<number, number>>;
  readonly panic: boolean;
  readonly policy: ChoosePolicy;
  readonly request: ChooseRequest;
  readonly hashPolicy: HashPolicy;
}

const NOW_MS = 1000;

const member = (slot: number): fc.Arbitrary<Member> =>
  fc
    .record({
      weight: fc.integer({ min: 1, max: 4 }),
      backup: fc.constantFrom(false, false, true),
      maxConnections: fc.constantFrom(0, 0, 2),
      lifecycle: fc.constantFrom("active" as const, "active" as const, "draining" as const),
      health: fc.constantFrom("healthy" as const, "healthy" as const, "unknown" as const, "unhealthy" as const),
      ejected: fc.constantFrom(false, false, false, true),
      rampUntilMs: fc.constantFrom(0, 0, 2000, 100_000),
    })
    .map(({ weight, backup, maxConnections, ...state }) =>
      memberOf(backendOf(`app${slot}`, { weight, backup, maxConnections }), slot, state),
    );

const scene: fc.Arbitrary<Scene> = fc.nat(6).chain((count) =>
  fc.record({
    members: fc.tuple(...Array.from({ length: count }, (_, slot) => member(slot))),
    open: fc.dictionary(fc.constantFrom("0", "1", "2", "3", "4", "5"), fc.nat(4)),
    panic: fc.boolean(),
    policy: fc.record({
      boundedLoad: fc.constantFrom(0, 1.01, 1.25),
      onDown: fc.constantFrom("rehash" as const, "reject" as const, "wait" as const),
    }),
    request: fc.record({
      keyHash: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      pinned: fc.option(fc.constantFrom("app0", "app1", "app2", "gone"), { nil: undefined }),
      split: fc.option(
        fc.integer({ min: 2, max: 4 }).chain((over) => fc.record({ over: fc.constant(over), start: fc.nat(over - 1) })),
        { nil: undefined },
      ),
      tried: fc.option(
        fc.subarray(["app0", "app1", "app2"]).map((ids) => new Set(ids)),
        { nil: undefined },
      ),
      mayQueue: fc.boolean(),
      nowMs: fc.constant(NOW_MS),
    }),
    hashPolicy: fc.constantFrom<HashPolicy>("ring", "rendezvous", "maglev", "modulo"),
  }),
);

function snapshotFor({ members, panic, hashPolicy }: Scene): ClusterSnapshot {
  return { ...snapshotOf(members, hashPolicy), panic };
}

function decide(given: Scene, snapshot = snapshotFor(given)) {
  const skips: Skip[] = [];
  const choice = choose(snapshot, given.request, given.policy, loadOf(given.open), (skip) => skips.push(skip));
  return { choice, skips, snapshot };
}

function isFull({ backend, slot }: Member, open: Scene["open"]): boolean {
  return backend.maxConnections > 0 && (open[slot] ?? 0) >= backend.maxConnections;
}

function isOut({ health, ejected }: Member): boolean {
  return health === "unhealthy" || ejected;
}

/** A healthy cluster of a few backends and two kinds of table. */
const healthy = fc.record({
  count: fc.integer({ min: 2, max: 7 }),
  hashPolicy: fc.constantFrom("ring" as const, "rendezvous" as const),
  keyHashes: fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 20, maxLength: 20 }),
});
const backendsOf = (count: number) =>
  Array.from({ length: count }, (_, slot) => memberOf(backendOf(`app${slot}`), slot));
const plain: ChoosePolicy = { boundedLoad: 0, onDown: "rehash" };

describe("a choice, whatever the cluster is like", () => {
  it("ends, and looks at each backend once", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { choice, skips } = decide(given);
        const ids = skips.map(({ id }) => id);
        expect(new Set(ids).size).to.equal(ids.length);
        expect(choice.kind).to.be.oneOf(["chosen", "wait", "refused"]);
        if (choice.kind === "refused" && choice.because === "none-eligible") {
          expect(ids.sort()).to.deep.equal(given.members.map((m) => m.backend.id).sort());
        }
      }),
      { numRuns: runs(250) },
    );
  });

  it("never falls on a backend that was tried, drains, is full, or is out without a panic", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { choice } = decide(given);
        if (choice.kind !== "chosen") return;
        const { member: taken } = choice;
        expect(given.request.tried?.has(taken.backend.id) ?? false).to.equal(false);
        expect(taken.lifecycle).to.equal("active");
        expect(isFull(taken, given.open)).to.equal(false);
        expect(isOut(taken) && !given.panic).to.equal(false);
        if (choice.reason === "panic") expect(isOut(taken) && given.panic).to.equal(true);
      }),
      { numRuns: runs(250) },
    );
  });

  it("never refuses while somebody could take the client (rehash)", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const rehash: Scene = {
          ...given,
          policy: { ...given.policy, onDown: "rehash" },
          request: { ...given.request, mayQueue: false },
        };
        const { choice } = decide(rehash);
        const fit = rehash.members.filter(
          (m) =>
            m.lifecycle === "active" &&
            !isFull(m, rehash.open) &&
            !(isOut(m) && !rehash.panic) &&
            rehash.request.tried?.has(m.backend.id) !== true,
        );
        expect(choice.kind).to.equal(fit.length > 0 ? "chosen" : "refused");
        if (choice.kind === "chosen" && choice.member.backend.backup && rehash.members.some((m) => !m.backend.backup)) {
          expect(fit.every((m) => m.backend.backup)).to.equal(true);
        }
      }),
      { numRuns: runs(250) },
    );
  });

  it("names the rank, the home and the reason truly", () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { choice, snapshot, skips } = decide(given);
        if (choice.kind !== "chosen") return;
        const { primary, backup } = snapshot;
        const tier = choice.member.backend.backup ? backup : primary;
        const order = orderOf(tier, given.request.keyHash);
        expect(order[choice.rank]).to.equal(choice.member.backend.id);
        const homeTier = primary.members.length > 0 ? primary : backup;
        expect(choice.home).to.equal(orderOf(homeTier, given.request.keyHash)[0]);
        if (choice.reason === "home") expect(choice.member.backend.id).to.equal(choice.home);
        if (choice.reason === "pinned") expect(choice.member.backend.id).to.equal(given.request.pinned);
        // Where the client's part of the order begins: at its home, unless its address is split.
        const { over = 1, start = 0 } = given.request.split ?? {};
        const first = orderOf(homeTier, given.request.keyHash)[start % Math.min(over, homeTier.members.length)];
        const firstSkip = skips.find(({ id }) => id === first)?.because;
        if (choice.reason === "overflow") expect(firstSkip).to.be.oneOf(["full", "over-bound"]);
        if (choice.reason === "failover") expect(firstSkip).to.be.oneOf(["down", "ejected", "draining", "tried"]);
        if (choice.reason === "ramping") {
          const member = snapshot.members.find((m) => m.backend.id === first);
          expect(member !== undefined && isAdmitted(member, given.request.keyHash, NOW_MS)).to.equal(false);
        }
      }),
      { numRuns: runs(250) },
    );
  });

  it("is the same whatever the order of the list", () => {
    const shuffled = scene.chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.shuffledSubarray([...given.members], { minLength: given.members.length, maxLength: given.members.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([given, members]) => {
        const [one, other] = [decide({ ...given, members }), decide(given)];
        expect([one.choice, one.skips]).to.deep.equal([other.choice, other.skips]);
      }),
      { numRuns: runs(120) },
    );
  });

  it("is the owner in the table when everybody is well", () => {
    fc.assert(
      fc.property(healthy, ({ count, hashPolicy, keyHashes }) => {
        const snapshot = snapshotOf(backendsOf(count), hashPolicy);
        for (const keyHash of keyHashes) {
          const choice = choose(snapshot, { keyHash, mayQueue: true, nowMs: 0 }, plain, loadOf());
          const owner = snapshot.primary.members[snapshot.primary.table.owner(keyHash)];
          expect(choice).to.deep.equal({
            kind: "chosen",
            member: owner,
            rank: 0,
            reason: "home",
            home: owner?.backend.id,
          });
        }
      }),
      { numRuns: runs(40) },
    );
  });

  it("while one is down is what it is after that one has left the list: nobody moves twice", () => {
    fc.assert(
      fc.property(healthy, fc.nat(6), ({ count, hashPolicy, keyHashes }, which) => {
        const lost = which % count;
        const all = backendsOf(count);
        const without = snapshotOf(
          all.filter((m) => m.slot !== lost),
          hashPolicy,
        );
        const broken = snapshotOf(
          all.map((m) => (m.slot === lost ? { ...m, health: "unhealthy" as const } : m)),
          hashPolicy,
        );
        for (const keyHash of keyHashes) {
          const request = { keyHash, mayQueue: false, nowMs: 0 };
          const now = choose(broken, request, plain, loadOf());
          const later = choose(without, request, plain, loadOf());
          if (now.kind !== "chosen" || later.kind !== "chosen") throw new Error("not chosen");
          expect(now.member.backend.id).to.equal(later.member.backend.id);
          expect(now.reason).to.equal(now.home === `app${lost}` ? "failover" : "home");
        }
      }),
      { numRuns: runs(40) },
    );
  });
});
