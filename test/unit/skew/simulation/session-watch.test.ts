import { expect } from "chai";
import type { BackendState, PolicyKind } from "../../../../src/skew/policies/compared-policy.ts";
import { SessionWatch } from "../../../../src/skew/simulation/session-watch.ts";

/** One session on three backends, everything measured. */
class Scene {
  readonly states: (BackendState | undefined)[] = ["up", "up", "up", undefined];
  readonly watch: SessionWatch;

  constructor(kind: PolicyKind) {
    this.watch = new SessionWatch(kind, 1, this.states, 0);
  }

  comes(backend: number, home: number): this {
    this.watch.placed(0, backend, home, 1);
    return this;
  }

  becomes(backend: number, state: BackendState): this {
    this.states[backend] = state;
    this.watch.changed();
    if (state === "down") this.watch.failed(backend);
    return this;
  }

  get cause(): string {
    const { movedByChange, movedByLoad } = this.watch.finish(1).sessions;
    if (movedByChange + movedByLoad > 1) throw new RangeError("one session counts twice");
    return movedByChange === 1 ? "change" : movedByLoad === 1 ? "load" : "none";
  }
}

describe("SessionWatch", () => {
  it("says load when nothing changed since the last connection, whatever the policy", () => {
    for (const kind of ["address", "bounded", "cookie"] as const) {
      expect(new Scene(kind).comes(0, 0).comes(1, 0).cause, kind).to.equal("load");
      expect(new Scene(kind).becomes(2, "down").comes(0, 0).comes(1, 0).cause, kind).to.equal("load");
    }
  });

  it("says change when something changed, of policies that know no load", () => {
    for (const kind of ["address", "cookie"] as const) {
      expect(new Scene(kind).comes(0, 0).becomes(2, "down").comes(1, 0).cause, kind).to.equal("change");
    }
  });

  it("says load of bounded load when the change did not touch the session", () => {
    expect(new Scene("bounded").comes(0, 0).becomes(2, "down").comes(1, 0).cause).to.equal("load");
    expect(new Scene("bounded").comes(1, 0).becomes(2, "draining").comes(0, 0).cause).to.equal("load");
  });

  it("says change of bounded load when the change touched the session", () => {
    // The home of one that had failed over is back.
    const failedOver = new Scene("bounded").becomes(0, "down").comes(1, 0);
    expect(failedOver.becomes(0, "up").comes(0, 0).cause).to.equal("change");
    // The home takes nobody new.
    expect(new Scene("bounded").comes(0, 0).becomes(0, "draining").comes(1, 0).cause).to.equal("change");
    // Where it had overflowed to takes nobody new.
    expect(new Scene("bounded").comes(1, 0).becomes(1, "draining").comes(2, 0).cause).to.equal("change");
    // A new backend is its home.
    expect(new Scene("bounded").comes(0, 0).becomes(3, "up").comes(3, 3).cause).to.equal("change");
  });

  it("counts a session by its first move", () => {
    const scene = new Scene("bounded").comes(0, 0).comes(1, 0).becomes(1, "draining").comes(0, 0).comes(2, 0);
    expect(scene.cause).to.equal("load");
    expect(scene.watch.finish(1).sessions).to.include({ moved: 1, undisturbed: 0 });
    expect(scene.watch.finish(1).stickiness.breaks).to.equal(3);
  });

  it("does not call it a move when there was nothing left to move", () => {
    expect(new Scene("address").comes(0, 0).becomes(0, "down").comes(1, 0).cause).to.equal("none");
    const scene = new Scene("address").comes(0, 0);
    scene.watch.ended(0);
    expect(scene.becomes(0, "down").watch.finish(1).sessions).to.include({ lost: 0, undisturbed: 1 });
  });

  it("calls nobody undisturbed who was refused", () => {
    const scene = new Scene("address").comes(0, 0);
    scene.watch.refused(0, 1);
    scene.watch.refused(0, 2);
    expect(scene.watch.finish(1).sessions).to.include({ lost: 0, moved: 0, refused: 2, undisturbed: 0 });
  });
});
