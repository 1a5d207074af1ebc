import { expect } from "chai";
import type { Verdict } from "../../../src/control/health/check-result.ts";
import { backend, Story } from "./fixtures.ts";

const a = backend("a");
const b = backend("b");

function answers(story: Story, id: string, verdict: Verdict, detail: string): Story {
  return story.send({ kind: "checked", id, result: { verdict, detail, tookMs: 1 }, atMs: story.nowMs });
}

describe("reduce: results of checks", () => {
  it("takes the first result as the verdict and says so", () => {
    const story = new Story({}, [a]).fails("a");
    expect(story.said).to.deep.equal([
      { kind: "health", id: "a", from: "unknown", to: "unhealthy", because: "first check failed: connect refused" },
    ]);
  });

  it("needs FALL failures and RISE passes after that, and says what led to it", () => {
    const story = new Story({}, [a]).passes("a").later(60_000).fails("a").fails("a");
    expect(story.said).to.deep.equal([]);
    expect(story.member("a")).to.include({ health: "healthy", against: 2 });
    story.fails("a", "timeout after 1s, connecting");
    expect(story.said[0]).to.include({
      from: "healthy",
      to: "unhealthy",
      because: "3 checks failed: timeout after 1s, connecting (after 1m healthy)",
    });
    story.later(1500).passes("a");
    expect(story.member("a").health).to.equal("unhealthy");
    story.passes("a", "HTTP 200");
    expect(story.said[0]?.because).to.equal("2 checks passed: HTTP 200 (after 1.5s unhealthy)");
    expect(story.member("a").healthSinceMs).to.equal(story.nowMs);
  });

  it("needs FALL failures from the first check on when backends start up", () => {
    const story = new Story({ initialHealth: "healthy" }, [a]).fails("a").fails("a");
    expect(story.member("a").health).to.equal("healthy");
    expect(story.fails("a").member("a").health).to.equal("unhealthy");
  });

  it("needs RISE passes from the first check on when backends start down", () => {
    const story = new Story({ initialHealth: "unhealthy" }, [a]).passes("a");
    expect(story.member("a").health).to.equal("unhealthy");
    expect(story.passes("a").member("a").health).to.equal("healthy");
  });

  it("keeps the last answer for display", () => {
    const story = new Story({}, [a]).passes("a", "HTTP 204");
    expect(story.member("a").lastCheck).to.deep.equal({ verdict: "pass", detail: "HTTP 204", tookMs: 1, atMs: 1000 });
  });

  it("draws no conclusion from a check that could not be made", () => {
    const story = new Story({}, [a]);
    for (let i = 0; i < 5; i++) answers(story, "a", "undecided", "no file descriptor left for the check");
    expect(story.member("a")).to.include({ health: "unknown", against: 0 });
    story.passes("a").fails("a").fails("a");
    answers(story, "a", "undecided", "no local port left for the check");
    expect(story.member("a")).to.include({ health: "healthy", against: 2 });
    expect(story.fails("a").member("a").health).to.equal("unhealthy");
  });

  it("drains when the check asks for it, at once and until a plain pass", () => {
    const story = new Story({}, [a, b]).passes("a");
    answers(story, "a", "drain", "HTTP 404");
    expect(story.kinds).to.deep.equal(["draining a"]);
    expect(story.said[0]?.because).to.equal("its health check asked for it: HTTP 404");
    expect(story.member("a").health).to.equal("healthy");
    answers(story, "a", "drain", "HTTP 404");
    expect(story.said).to.deep.equal([]);
    story.passes("a");
    expect(story.kinds).to.deep.equal(["undrained a"]);
  });

  it("counts an answer that asks for draining as a pass", () => {
    const story = new Story({}, [a, b]).fails("a");
    answers(story, "a", "drain", "HTTP 404");
    answers(story, "a", "drain", "HTTP 404");
    expect(story.member("a").health).to.equal("healthy");
  });

  it("does not end a drain by failing", () => {
    const story = new Story({}, [a, b]).passes("a");
    answers(story, "a", "drain", "HTTP 404");
    story.fails("a").fails("a").fails("a");
    expect(story.member("a")).to.include({ health: "unhealthy", drainByCheck: "HTTP 404" });
  });

  it("ignores answers of members that left or never were", () => {
    const story = new Story({}, [a, b]).list(a);
    const before = story.state;
    expect(story.fails("b").state).to.equal(before);
    expect(story.fails("nobody").state).to.equal(before);
  });
});

describe("reduce: slow start", () => {
  const slow = { slowStartMs: 30_000 };

  it("spares the first list", () => {
    const story = new Story(slow, [a]).passes("a");
    expect(story.member("a")).to.include({ rampFromMs: 0, rampUntilMs: 0 });
  });

  it("ramps a member that comes later", () => {
    const story = new Story(slow, [a]).later(5).list(a, b);
    expect(story.member("b")).to.include({ rampFromMs: 1005, rampUntilMs: 31_005 });
    expect(story.later(1).passes("b").member("b").rampFromMs).to.equal(1005);
  });

  it("ramps a member that was unhealthy", () => {
    const story = new Story(slow, [a]).fails("a").later(7).passes("a").passes("a");
    expect(story.member("a")).to.include({ rampFromMs: 1007, rampUntilMs: 31_007 });
  });

  it("spares members that start down with all others, but only the first time", () => {
    const story = new Story({ ...slow, initialHealth: "unhealthy" }, [a]).passes("a").passes("a");
    expect(story.member("a").rampUntilMs).to.equal(0);
    story.fails("a").fails("a").fails("a").later(9).passes("a").passes("a");
    expect(story.member("a").rampFromMs).to.equal(1009);
  });

  it("begins when a member that came later and starts down is up", () => {
    const story = new Story({ ...slow, initialHealth: "unhealthy" }, [a]).list(a, b).later(9).passes("b").passes("b");
    expect(story.member("b").rampFromMs).to.equal(1009);
  });

  it("begins after an ejection, not while it lasts", () => {
    const story = new Story(slow, [a, b]).refuses("a", 3).fails("a").passes("a").passes("a");
    expect(story.member("a")).to.include({ health: "healthy", rampUntilMs: 0 });
    story.later(10_000).ejectionEnds("a");
    expect(story.member("a").rampFromMs).to.equal(11_000);
  });

  it("waits for health when an ejection ends before the member is well", () => {
    const story = new Story(slow, [a, b]).refuses("a", 3).fails("a").later(10_000).ejectionEnds("a");
    expect(story.member("a").rampUntilMs).to.equal(0);
    expect(story.later(1).passes("a").passes("a").member("a").rampFromMs).to.equal(11_001);
  });

  it("is off at 0", () => {
    const story = new Story({}, [a]).list(a, b).fails("a").passes("a").passes("a");
    expect(story.member("a").rampUntilMs).to.equal(0);
    expect(story.member("b").rampUntilMs).to.equal(0);
  });
});

describe("reduce: panic", () => {
  const four = ["a", "b", "c", "d"].map((id) => backend(id));

  it("begins below the share and ends at it", () => {
    const story = new Story({ panicPercent: 50 }, four).fails("a").fails("b");
    expect(story.state.panic).to.equal(false);
    story.fails("c");
    expect(story.kinds).to.deep.equal(["health c", "panic"]);
    expect(story.said[1]?.because).to.equal("1 of 4 active backends can take clients, the limit is 50%");
    story.passes("c").passes("c");
    expect(story.kinds).to.deep.equal(["health c", "panic-ended"]);
  });

  it("is off at 0 and with nobody active", () => {
    expect(new Story({}, [a]).fails("a").state.panic).to.equal(false);
    const story = new Story({ panicPercent: 100 }, [backend("a", { weight: 0 })]);
    expect(story.state.panic).to.equal(false);
  });

  it("does not count draining members and backups", () => {
    const story = new Story({ panicPercent: 50 }, [...four, backend("spare", { backup: true })]);
    story.fails("a").fails("b").fails("spare");
    expect(story.state.panic).to.equal(false);
    story.list(...four.slice(0, 3));
    expect(story.kinds).to.include("panic");
  });

  it("counts ejected members as lost", () => {
    const story = new Story({ panicPercent: 100 }, [a, b]).refuses("a", 3);
    expect(story.kinds).to.deep.equal(["ejected a", "panic"]);
  });
});
