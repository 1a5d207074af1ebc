import { expect } from "chai";
import { emptySnapshot, projectSnapshot } from "../../../src/control/project-snapshot.ts";
import type { TableEntry } from "../../../src/model/hash-table.ts";
import type { ClusterSnapshot, Tier } from "../../../src/model/snapshot.ts";
import { backend, plainTable, Story } from "./fixtures.ts";

const a = backend("a");
const b = backend("b");

/** Projects a story as it goes on and counts the tables that were built. */
class Screen {
  builds = 0;
  snapshot: ClusterSnapshot = emptySnapshot(plainTable);
  readonly #build = (entries: readonly TableEntry[]) => {
    this.builds++;
    return plainTable(entries);
  };

  show(story: Story): ClusterSnapshot {
    this.snapshot = projectSnapshot(story.state, this.snapshot, this.#build);
    return this.snapshot;
  }
}

function ids(tier: Tier): readonly string[] {
  return tier.members.map((member) => member.backend.id);
}

describe("projectSnapshot", () => {
  it("begins with version 0 and nobody", () => {
    const empty = emptySnapshot(plainTable);
    expect(empty).to.include({ version: 0, panic: false });
    expect(empty.members).to.deep.equal([]);
    expect(empty.primary.table.owner(7)).to.equal(-1);
  });

  it("sorts members by id in code units and keeps tiers apart", () => {
    const story = new Story({}, [
      backend("b"),
      backend("a10"),
      backend("Z"),
      backend("a9", { backup: true, weight: 3 }),
    ]);
    const snapshot = new Screen().show(story);
    expect(snapshot.members.map((m) => m.backend.id)).to.deep.equal(["Z", "a10", "a9", "b"]);
    expect(ids(snapshot.primary)).to.deep.equal(["Z", "a10", "b"]);
    expect(snapshot.primary.totalWeight).to.equal(3);
    expect(ids(snapshot.backup)).to.deep.equal(["a9"]);
    expect(snapshot.backup.totalWeight).to.equal(3);
    expect(snapshot.version).to.equal(1);
  });

  it("is the same object when nothing that it says has changed", () => {
    const screen = new Screen();
    const story = new Story({}, [a, b]).passes("a");
    const first = screen.show(story);
    story.passes("a", "another detail").fails("a").refuses("a");
    expect(screen.show(story)).to.equal(first);
  });

  it("reuses the tables and the members that did not change", () => {
    const screen = new Screen();
    const story = new Story({}, [a, b]);
    const first = screen.show(story);
    expect(screen.builds).to.equal(1);
    const second = screen.show(story.fails("a"));
    expect(screen.builds).to.equal(1);
    expect(second.version).to.equal(2);
    expect(second.primary.table).to.equal(first.primary.table);
    expect(second.backup).to.equal(first.backup);
    expect(second.members[1]).to.equal(first.members[1]);
    expect(second.members[0]).to.not.equal(first.members[0]);
    expect(second.members[0]?.health).to.equal("unhealthy");
    expect(second.primary.members[0]).to.equal(second.members[0]);
    expect(first.members[0]?.health).to.equal("unknown");
  });

  it("does not rebuild a table for a new address or ceiling, but for a weight, of one tier only", () => {
    const screen = new Screen();
    const story = new Story({}, [a, b, backend("spare", { backup: true })]);
    const first = screen.show(story);
    expect(screen.builds).to.equal(2);
    story.list(backend("a", { port: 1, maxConnections: 9 }), b, backend("spare", { backup: true }));
    expect(screen.show(story).primary.table).to.equal(first.primary.table);
    expect(screen.snapshot.primary.members[0]?.backend).to.include({ port: 1, maxConnections: 9 });
    story.list(backend("a", { weight: 2 }), b, backend("spare", { backup: true }));
    expect(screen.show(story).primary.totalWeight).to.equal(3);
    expect(screen.snapshot.backup.table).to.equal(first.backup.table);
    expect(screen.builds).to.equal(3);
  });

  it("takes members of weight 0 and those that left out of the tables, not out of the members", () => {
    const screen = new Screen();
    const story = new Story({ drainTimeoutMs: 5000 }, [a, b, backend("c")])
      .later(7)
      .list(a, backend("b", { weight: 0 }));
    const snapshot = screen.show(story);
    expect(ids(snapshot.primary)).to.deep.equal(["a"]);
    expect(snapshot.members.map((m) => [m.backend.id, m.lifecycle, m.drainDeadlineMs])).to.deep.equal([
      ["a", "active", Number.POSITIVE_INFINITY],
      ["b", "draining", 6007],
      ["c", "draining", 6007],
    ]);
  });

  it("lets a drain last for ever with DRAIN_TIMEOUT=0", () => {
    const snapshot = new Screen().show(new Story({}, [a, b]).list(a));
    expect(snapshot.members[1]).to.include({ lifecycle: "draining", drainDeadlineMs: Number.POSITIVE_INFINITY });
  });

  it("keeps a member in the table while its check asks for draining, for others' view of the key space", () => {
    const story = new Story({}, [a, b]);
    story.send({ kind: "checked", id: "a", result: { verdict: "drain", detail: "HTTP 404", tookMs: 1 }, atMs: 1 });
    const snapshot = new Screen().show(story);
    expect(ids(snapshot.primary)).to.deep.equal(["a", "b"]);
    expect(snapshot.primary.members[0]?.lifecycle).to.equal("draining");
  });

  it("shows ejection, ramp and panic", () => {
    const story = new Story({ panicPercent: 60, slowStartMs: 100 }, [a]).list(a, b).refuses("a", 3);
    const snapshot = new Screen().show(story);
    expect(snapshot.panic).to.equal(true);
    expect(snapshot.members[0]).to.include({ ejected: true, rampFromMs: 0, rampUntilMs: 0 });
    expect(snapshot.members[1]).to.include({ ejected: false, rampFromMs: 1000, rampUntilMs: 1100 });
  });

  it("is frozen, backends included", () => {
    const mine = backend("a", { health: { port: 1 } });
    const { members, primary, backup, ...rest } = new Screen().show(new Story({}, [mine]));
    const parts = [
      members,
      members[0],
      members[0]?.backend,
      members[0]?.backend.health,
      primary,
      primary.members,
      backup,
    ];
    for (const part of parts) expect(Object.isFrozen(part)).to.equal(true);
    expect(rest.version).to.equal(1);
    expect(Object.isFrozen(mine)).to.equal(false);
  });

  it("refuses a table that is not about the given backends", () => {
    const story = new Story({}, [a, b]);
    const empty = emptySnapshot(plainTable);
    expect(() => projectSnapshot(story.state, empty, () => plainTable([{ id: "x", weight: 1 }]))).to.throw("not given");
    expect(() => projectSnapshot(story.state, empty, (entries) => plainTable(entries.slice(1)))).to.throw("lost");
  });
});
