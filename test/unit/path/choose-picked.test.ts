import { expect } from "chai";
import type { Choice, Skip } from "../../../src/model/choice.ts";
import type { ClusterSnapshot } from "../../../src/model/snapshot.ts";
import { type ChoosePolicy, type ChooseRequest, choose } from "../../../src/path/choose.ts";
import type { NewSessionPicker } from "../../../src/path/new-session.ts";
import { type Changes, clusterOf, hashFor, loadOf } from "../../support/clusters.ts";

interface Outcome {
  readonly choice: Choice;
  /** What the picker was asked, each time. */
  readonly asked: readonly (readonly string[])[];
  readonly skips: readonly string[];
}

/** Decides with a picker that takes the last candidate. */
function decide(
  snapshot: ClusterSnapshot,
  {
    open = {},
    boundedLoad = 0,
    onDown = "rehash",
    ...request
  }: Partial<ChooseRequest> & Partial<ChoosePolicy> & { readonly open?: Readonly<Record<number, number>> } = {},
): Outcome {
  const asked: string[][] = [];
  const skips: string[] = [];
  const picker: NewSessionPicker = {
    pick: (candidates) => {
      asked.push(candidates.map(({ backend }) => backend.id));
      const last = candidates.at(-1);
      if (last === undefined) throw new Error("nobody to pick from");
      return last;
    },
  };
  const choice = choose(
    snapshot,
    { keyHash: 1, picker, mayQueue: false, nowMs: 500, ...request },
    { boundedLoad, onDown },
    loadOf(open),
    ({ id, because }: Skip) => skips.push(`${id} ${because}`),
  );
  return { choice, asked, skips };
}

function said({ choice }: Outcome): string {
  switch (choice.kind) {
    case "chosen":
      return `${choice.member.backend.id} ${choice.reason}, home ${choice.home}`;
    case "wait":
      return `wait ${choice.for.backend.id} ${choice.because}`;
    case "refused":
      return `refused ${choice.because}`;
  }
}

const down: Changes = { health: "unhealthy" };
const full: Changes = { of: { maxConnections: 1 } };
const backup: Changes = { of: { backup: true } };

describe("choose: a new session", () => {
  it("goes where the picker says, whatever the order of the table", () => {
    const snapshot = clusterOf({ a: {}, b: {}, c: {} });
    for (const first of ["a", "b", "c"]) {
      const outcome = decide(snapshot, { keyHash: hashFor(snapshot, first) });
      expect(said(outcome)).to.equal("c new-session, home c");
      expect(outcome.asked).to.deep.equal([["a", "b", "c"]]);
      expect(outcome.choice).to.include({ rank: -1 });
    }
  });

  it("is picked from those that can take it, those in slow start among them", () => {
    const snapshot = clusterOf({
      ok: {},
      unknown: { health: "unknown" },
      cold: { rampFromMs: 499, rampUntilMs: 100_000 },
      down,
      ejected: { ejected: true },
      draining: { lifecycle: "draining" },
      tried: {},
      full,
      spare: backup,
    });
    const outcome = decide(snapshot, { tried: new Set(["tried"]), open: { 7: 1 } });
    expect(outcome.asked).to.deep.equal([["cold", "ok", "unknown"]]);
    expect([...outcome.skips].sort()).to.deep.equal([
      "down down",
      "draining draining",
      "ejected ejected",
      "full full",
      "tried tried",
    ]);
  });

  it("is picked from those below the bound", () => {
    const outcome = decide(clusterOf({ a: {}, b: {}, c: {} }), { open: { 1: 4 }, boundedLoad: 1.25 });
    expect(outcome.asked).to.deep.equal([["a", "c"]]);
    expect(outcome.skips).to.deep.equal(["b over-bound"]);
  });

  it("does not care for ON_DOWN: it has no home to wait for", () => {
    const snapshot = clusterOf({ a: down, b: {} });
    for (const onDown of ["reject", "wait"] as const) {
      expect(said(decide(snapshot, { onDown, keyHash: hashFor(snapshot, "a") }))).to.equal("b new-session, home b");
    }
  });

  it("follows a hint instead", () => {
    const outcome = decide(clusterOf({ a: {}, b: {} }), { hinted: "a" });
    expect(said(outcome)).to.equal("a hint, home a");
    expect(outcome.asked).to.deep.equal([]);
  });

  it("goes to a backup when no primary can take it, in the order of the table", () => {
    const snapshot = clusterOf({ a: down, s: backup, t: backup });
    const outcome = decide(snapshot);
    expect(said(outcome)).to.match(/^[st] backup, home a$/);
    expect(outcome.asked).to.deep.equal([]);
  });

  it("is picked from the backups when there is nothing else", () => {
    expect(said(decide(clusterOf({ s: backup, t: backup })))).to.equal("t new-session, home t");
  });

  it("waits for one that is full when all others are out, and may", () => {
    const snapshot = clusterOf({ a: full, b: full, c: down });
    const open = { 0: 1, 1: 1 };
    for (const first of ["a", "b"]) {
      const keyHash = hashFor(snapshot, first);
      expect(said(decide(snapshot, { open, mayQueue: true, keyHash }))).to.equal(`wait ${first} full`);
    }
    expect(said(decide(snapshot, { open }))).to.equal("refused none-eligible");
    expect(said(decide(snapshot, { mayQueue: true, open: { 0: 1 } }))).to.equal("b new-session, home b");
  });

  it("does not wait for those that are down", () => {
    expect(said(decide(clusterOf({ a: down }), { mayQueue: true, onDown: "wait" }))).to.equal("refused none-eligible");
  });

  it("ignores health during a panic, and says so", () => {
    expect(said(decide(clusterOf({ a: {}, b: down }, { panic: true })))).to.equal("b panic, home b");
  });
});
