import { expect } from "chai";
import fc from "fast-check";
import { Cluster } from "../../src/control/cluster.ts";
import type { Verdict } from "../../src/control/health/check-result.ts";
import type { Backend, BackendId } from "../../src/model/backend.ts";
import type { ClusterSnapshot, Member, Tier } from "../../src/model/snapshot.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { plainTable } from "../unit/control/fixtures.ts";
import { ClusterModel, FALL, RISE } from "./cluster-model.ts";

interface Setting {
  readonly ejectMaxPercent: number;
  readonly panicPercent: number;
  readonly drainTimeoutMs: number;
  readonly slowStartMs: number;
}

const EJECT_MAX_MS = 400;

/** The real cluster, with hands to move everything around it. */
class Rig {
  readonly clock = new SteppedClock();
  readonly model: ClusterModel;
  readonly cluster: Cluster;
  readonly setting: Setting;
  publications = 0;

  constructor(model: ClusterModel, setting: Setting) {
    this.model = model;
    this.setting = setting;
    const { ejectMaxPercent, ...rules } = setting;
    const passive = { failures: 2, windowMs: 100, ejectTimeMs: 100, ejectMaxTimeMs: EJECT_MAX_MS, ejectMaxPercent };
    this.cluster = new Cluster(
      {
        rules: { ...rules, initialHealth: "unknown", rise: RISE, fall: FALL, passive },
        hashPolicy: "ring",
        table: { seed: 0, ringVnodes: 1, maglevTable: 3 },
        checks: undefined,
      },
      {
        clock: this.clock,
        random: { next: () => 0.5 },
        buildTable: (_policy, entries) => plainTable(entries),
        movedShare: () => 0.5,
        openConnections: (slot) => [...model.members.values()].find((member) => member.slot === slot)?.open ?? 0,
        onTransition: () => {},
        onDrainDeadline: ({ backend }) => this.closeConnections(backend.id),
      },
    );
    this.cluster.published.onPublish((next, previous) => {
      this.publications++;
      expect(next.version).to.equal(previous.version + 1);
    });
  }

  get snapshot(): ClusterSnapshot {
    return this.cluster.published.current;
  }

  closeConnections(id: BackendId): void {
    this.model.nowMs = this.clock.nowMs();
    this.model.close(id);
    this.cluster.dispatch({ kind: "emptied", id, atMs: this.clock.nowMs() });
  }

  check(): void {
    agreesWithModel(this.snapshot, this.model, this.setting);
    isWellFormed(this.snapshot);
    keepsEjectionLimits(this.snapshot, this.setting);
    panicsRightly(this.snapshot, this.setting);
  }
}

function isActive(member: Member): boolean {
  return member.lifecycle === "active";
}

function isEligible(member: Member): boolean {
  return isActive(member) && member.health !== "unhealthy" && !member.ejected;
}

function agreesWithModel(snapshot: ClusterSnapshot, model: ClusterModel, { drainTimeoutMs }: Setting): void {
  const expected = [...model.members.values()].map((member) => ({
    backend: member.backend,
    slot: member.slot,
    lifecycle: model.drains(member) ? "draining" : "active",
    health: member.health,
    drainDeadlineMs:
      member.drainSinceMs === undefined || drainTimeoutMs === 0
        ? Number.POSITIVE_INFINITY
        : member.drainSinceMs + drainTimeoutMs,
  }));
  const actual = snapshot.members.map(({ backend, slot, lifecycle, health, drainDeadlineMs }) => {
    return { backend, slot, lifecycle, health, drainDeadlineMs };
  });
  expect(actual).to.have.deep.members(expected);
  for (const [tier, backup] of [
    [snapshot.primary, false],
    [snapshot.backup, true],
  ] as const) {
    const listed = [...model.members.values()].filter((member) => {
      return member.listed && member.backend.weight > 0 && member.backend.backup === backup;
    });
    const entries = listed.map(({ backend: { id, weight } }) => ({ id, weight }));
    expect(tier.table.entries).to.have.deep.members(entries);
  }
}

function isWellFormed(snapshot: ClusterSnapshot): void {
  const ids = snapshot.members.map(({ backend }) => backend.id);
  expect(ids).to.deep.equal([...new Set(ids)].sort());
  expect(new Set(snapshot.members.map(({ slot }) => slot)).size).to.equal(ids.length);
  const wellFormed = ({ table, members, totalWeight }: Tier): void => {
    expect(members.map(({ backend }) => backend.id)).to.deep.equal(table.entries.map(({ id }) => id));
    for (const member of members) expect(snapshot.members).to.include(member);
    expect(totalWeight).to.equal(table.entries.reduce((sum, { weight }) => sum + weight, 0));
    expect(Object.isFrozen(members)).to.equal(true);
  };
  wellFormed(snapshot.primary);
  wellFormed(snapshot.backup);
  expect([snapshot, snapshot.members, ...snapshot.members].every(Object.isFrozen)).to.equal(true);
}

function keepsEjectionLimits(snapshot: ClusterSnapshot, { ejectMaxPercent }: Setting): void {
  const active = snapshot.members.filter(isActive);
  const ejected = active.filter((member) => member.ejected);
  expect(ejected.length).to.be.at.most(Math.floor((active.length * ejectMaxPercent) / 100));
  // Nobody is kept out who could serve when nobody else can.
  if (!active.some(isEligible)) expect(ejected.filter(({ health }) => health !== "unhealthy")).to.deep.equal([]);
}

function panicsRightly(snapshot: ClusterSnapshot, { panicPercent }: Setting): void {
  const active = snapshot.members.filter((member) => isActive(member) && !member.backend.backup);
  expect(snapshot.panic).to.equal(active.filter(isEligible).length * 100 < active.length * panicPercent);
}

type Act = fc.Command<ClusterModel, Rig>;

/** A command from what it does to the model and to the cluster; the invariants are looked at after each. */
function act(
  text: string,
  run: (model: ClusterModel, rig: Rig) => void,
  mostPublications = Number.POSITIVE_INFINITY,
): Act {
  return {
    check: () => true,
    run: (model, rig) => {
      model.nowMs = rig.clock.nowMs();
      const before = rig.publications;
      run(model, rig);
      expect(rig.publications - before, "publications").to.be.at.most(mostPublications);
      rig.check();
    },
    toString: () => text,
  };
}

const ids = ["a", "b", "c", "d", "e"] as const;
const anyId = fc.constantFrom(...ids);

const anyBackend: fc.Arbitrary<Backend> = fc
  .record({
    id: anyId,
    weight: fc.constantFrom(0, 1, 1, 1, 3),
    backup: fc.constantFrom(false, false, false, true),
    port: fc.constantFrom(1, 1, 1, 2),
  })
  .map((drawn) => ({ host: "h", maxConnections: 0, ...drawn }));

const anyList = fc.uniqueArray(anyBackend, { selector: ({ id }) => id, maxLength: ids.length });

const reload = anyList.map((list) => {
  const text = list
    .map(({ id, weight, backup, port }) => `${id}:${port};${weight}${backup ? ";backup" : ""}`)
    .join(" ");
  return act(
    `reload [${text}]`,
    (model, rig) => {
      const before = [...model.members.values()].filter(({ listed }) => listed).map(({ backend }) => backend.id);
      model.reload(list);
      const report = rig.cluster.reload(list);
      const now = list.map(({ id }) => id);
      expect(report.added).to.have.members(now.filter((id) => !before.includes(id)));
      expect(report.removed).to.have.members(before.filter((id) => !now.includes(id)));
    },
    1,
  );
});

const check = fc
  .tuple(anyId, fc.constantFrom<Verdict>("pass", "pass", "fail", "fail", "drain", "undecided"))
  .map(([id, verdict]) =>
    act(
      `check ${id} ${verdict}`,
      (model, { cluster, clock }) => {
        const result = { verdict, detail: "a detail", tookMs: 1 };
        model.check(id, verdict);
        cluster.dispatch({ kind: "checked", id, result, atMs: clock.nowMs() });
      },
      1,
    ),
  );

const refuse = fc.tuple(anyId, fc.integer({ min: 1, max: 3 })).map(([id, times]) =>
  act(`refuse ${id} ${times}×`, (_model, { cluster, clock }) => {
    for (let i = 0; i < times; i++) {
      cluster.dispatch({ kind: "connect-failed", id, cause: "connect-refused", atMs: clock.nowMs() });
    }
  }),
);

const succeed = anyId.map((id) =>
  act(
    `succeed ${id}`,
    (_model, { cluster, clock }) => cluster.dispatch({ kind: "connect-succeeded", id, atMs: clock.nowMs() }),
    0,
  ),
);

const open = anyId.map((id) =>
  act(
    `open ${id}`,
    (model) => {
      const member = model.members.get(id);
      if (member !== undefined && !model.drains(member)) member.open++;
    },
    0,
  ),
);

const close = anyId.map((id) => act(`close ${id}`, (_model, rig) => rig.closeConnections(id), 1));

const wait = fc.constantFrom(1, 50, 100, 300).map((ms) => act(`wait ${ms}`, (_model, rig) => rig.clock.advance(ms)));

const anySetting: fc.Arbitrary<Setting> = fc.record({
  ejectMaxPercent: fc.constantFrom(0, 34, 50, 100),
  panicPercent: fc.constantFrom(0, 50, 100),
  drainTimeoutMs: fc.constantFrom(0, 120),
  slowStartMs: fc.constantFrom(0, 70),
});

describe("the cluster against a model", () => {
  it("agrees on members, health, drains and tables, and keeps its limits, whatever happens in whatever order", () => {
    const commands = fc.commands([reload, check, check, check, refuse, refuse, succeed, open, open, close, wait], {
      maxCommands: 60,
      size: "max",
    });
    fc.assert(
      fc.property(anySetting, commands, (setting, acts) => {
        const model = new ClusterModel();
        const rig = new Rig(model, setting);
        fc.modelRun(() => ({ model, real: rig }), acts);
        // Ejections end by themselves, and no timer outlives the cluster.
        rig.clock.advance(EJECT_MAX_MS);
        expect(rig.snapshot.members.filter((member) => member.ejected)).to.deep.equal([]);
        rig.check();
        rig.cluster.stop();
        expect(rig.clock.timers).to.equal(0);
      }),
      { numRuns: 300 },
    );
  });

  it("forgets history: two lists in a row leave the tables of the last one", () => {
    const setting = { ejectMaxPercent: 50, panicPercent: 0, drainTimeoutMs: 0, slowStartMs: 0 };
    const tables = (lists: readonly (readonly Backend[])[]): unknown => {
      const rig = new Rig(new ClusterModel(), setting);
      for (const list of lists) rig.cluster.reload(list);
      const { primary, backup, members } = rig.snapshot;
      return [primary.table.entries, backup.table.entries, members.map(({ backend }) => backend)];
    };
    fc.assert(
      fc.property(fc.array(anyList, { maxLength: 5 }), anyList, (earlier, last) => {
        expect(tables([...earlier, last])).to.deep.equal(tables([[...last].reverse()]));
      }),
      { numRuns: 200 },
    );
  });
});
