import { expect } from "chai";
import type { Cause } from "../../../src/model/connection-record.ts";
import { backend, passive, Story } from "./fixtures.ts";

const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => backend(id)) as [
  ReturnType<typeof backend>,
  ReturnType<typeof backend>,
  ReturnType<typeof backend>,
  ReturnType<typeof backend>,
];

function ejected(story: Story): readonly string[] {
  return [...story.state.members.values()].filter((m) => m.ejection !== undefined).map((m) => m.backend.id);
}

describe("reduce: connect failures of real traffic", () => {
  it("eject at exactly the third inside the window", () => {
    const story = new Story({}, [a, b]).refuses("a", 2);
    expect(ejected(story)).to.deep.equal([]);
    story.later(9_999).refuses("a");
    expect(ejected(story)).to.deep.equal(["a"]);
    expect(story.member("a").ejection).to.deep.equal({ fromMs: 10_999, untilMs: 20_999 });
    expect(story.said).to.deep.equal([
      {
        kind: "ejected",
        id: "a",
        from: "in service",
        to: "ejected for 10s",
        because: "3 connect failures within 10s, the last: connect-refused",
      },
    ]);
  });

  it("do not eject when the first one is as old as the window", () => {
    const story = new Story({}, [a, b]).refuses("a", 2).later(10_000).refuses("a");
    expect(ejected(story)).to.deep.equal([]);
    expect(story.member("a").failures).to.deep.equal([11_000]);
  });

  it("are forgotten by a success", () => {
    const story = new Story({}, [a, b]).refuses("a", 2);
    story.send({ kind: "connect-succeeded", id: "a", atMs: story.nowMs }).refuses("a", 2);
    expect(ejected(story)).to.deep.equal([]);
    expect(ejected(story.refuses("a"))).to.deep.equal(["a"]);
  });

  it("cost nothing when all is well: a success changes no state", () => {
    const story = new Story({}, [a, b]);
    const before = story.state;
    expect(story.send({ kind: "connect-succeeded", id: "a", atMs: 1 }).state).to.equal(before);
  });

  it("do not count when they are our own fault", () => {
    const story = new Story({}, [a, b]);
    const before = story.state;
    const own: readonly Cause[] = ["source-address", "out-of-descriptors", "out-of-memory"];
    for (const cause of own) {
      for (let i = 0; i < 5; i++) story.send({ kind: "connect-failed", id: "a", cause, atMs: story.nowMs });
    }
    expect(story.state).to.equal(before);
    const theirs: readonly Cause[] = ["connect-timeout", "connect-reset", "connect-unreachable"];
    for (const cause of theirs) story.send({ kind: "connect-failed", id: "a", cause, atMs: story.nowMs });
    expect(ejected(story)).to.deep.equal(["a"]);
  });

  it("do not count with PASSIVE=false, and not for members that take nobody anyway", () => {
    expect(ejected(new Story({ passive: undefined }, [a, b]).refuses("a", 9))).to.deep.equal([]);
    const unwell = new Story({}, [a, b]).fails("a").refuses("a", 9);
    expect(ejected(unwell)).to.deep.equal([]);
    const draining = new Story({}, [backend("a", { weight: 0 }), b, c]).refuses("a", 9);
    expect(ejected(draining)).to.deep.equal([]);
    expect(ejected(new Story({}, [a, b]).refuses("nobody", 9))).to.deep.equal([]);
  });
});

describe("reduce: ejections", () => {
  it("double while they follow each other, up to the longest", () => {
    const story = new Story({}, [a, b]);
    const lengths: number[] = [];
    for (let i = 0; i < 5; i++) {
      story.refuses("a", 3);
      const { ejection } = story.member("a");
      lengths.push((ejection?.untilMs ?? 0) - (ejection?.fromMs ?? 0));
      story.later(lengths[i] ?? 0).ejectionEnds("a");
      expect(story.said[0]).to.include({ kind: "ejection-ended", because: "its time is over" });
    }
    expect(lengths).to.deep.equal([10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it("start again from the first length after a healthy spell: the last length and one window", () => {
    const spell = passive.ejectTimeMs + passive.windowMs;
    const again = (afterMs: number): number => {
      const story = new Story({}, [a, b])
        .refuses("a", 3)
        .later(10_000)
        .ejectionEnds("a")
        .later(afterMs)
        .refuses("a", 3);
      const { ejection } = story.member("a");
      return (ejection?.untilMs ?? 0) - (ejection?.fromMs ?? 0);
    };
    expect(again(spell)).to.equal(20_000);
    expect(again(spell + 1)).to.equal(10_000);
  });

  it("never take more than the share: floor(50% of 3) = 1", () => {
    const story = new Story({}, [a, b, c]).refuses("a", 3).refuses("b", 9);
    expect(ejected(story)).to.deep.equal(["a"]);
    story.ejectionEnds("a").refuses("b");
    expect(ejected(story)).to.deep.equal(["b"]);
  });

  it("never take the only backend", () => {
    expect(ejected(new Story({}, [a]).refuses("a", 9))).to.deep.equal([]);
    const all = { passive: { ...passive, ejectMaxPercent: 100 } };
    expect(ejected(new Story(all, [a]).refuses("a", 9))).to.deep.equal([]);
  });

  it("never take the last one that can serve, checks included", () => {
    const all = { passive: { ...passive, ejectMaxPercent: 100 } };
    const story = new Story(all, [a, b, c]).fails("c").refuses("a", 3).refuses("b", 9);
    expect(ejected(story)).to.deep.equal(["a"]);
  });

  it("may take the only primary when a backup can serve", () => {
    const story = new Story({}, [a, backend("spare", { backup: true })]).refuses("a", 3);
    expect(ejected(story)).to.deep.equal(["a"]);
  });

  it("end early when members leave and the share is exceeded, the one that ends first before others", () => {
    const story = new Story({}, [a, b, c, d]).refuses("a", 3).later(5).refuses("b", 3);
    expect(ejected(story)).to.deep.equal(["a", "b"]);
    story.list(a, b, c);
    expect(story.kinds).to.deep.equal(["removed d", "ejection-ended a"]);
    expect(story.said[1]?.because).to.equal("at most 50% may be ejected");
    expect(ejected(story)).to.deep.equal(["b"]);
  });

  it("end early when nobody else is left", () => {
    const story = new Story({}, [a, b]).passes("a").passes("b").refuses("a", 3).fails("b").fails("b");
    expect(ejected(story)).to.deep.equal(["a"]);
    story.fails("b");
    expect(story.kinds).to.deep.equal(["health b", "ejection-ended a"]);
    expect(story.said[1]?.because).to.equal("no other backend is left");
  });

  it("stay when ending them would help nobody", () => {
    const story = new Story({}, [a, b]).passes("a").passes("b").refuses("a", 3);
    for (const id of ["a", "a", "a", "b", "b", "b"]) story.fails(id);
    expect(ejected(story)).to.deep.equal(["a"]);
  });

  it("ignore the end of one that is over", () => {
    const story = new Story({}, [a, b]);
    const before = story.state;
    expect(story.ejectionEnds("a").state).to.equal(before);
  });
});
