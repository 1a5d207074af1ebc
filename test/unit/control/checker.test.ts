import { expect } from "chai";
import type { CheckResult, ProbeOutcome } from "../../../src/control/health/check-result.ts";
import { Checker } from "../../../src/control/health/checker.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";
import { backend } from "./fixtures.ts";

const plan = { intervalMs: 2000, fastIntervalMs: 500, jitter: 0, timeoutMs: 1000 };

interface Call {
  readonly id: string;
  readonly port: number;
  readonly atMs: number;
  readonly signal: AbortSignal;
  readonly answer: (outcome: ProbeOutcome) => Promise<void>;
  readonly breakDown: () => Promise<void>;
}

/** A checker whose probes answer when the test says so. */
function setUp(unsettled = false, onResult = (): void => {}) {
  const clock = new SteppedClock();
  const calls: Call[] = [];
  const results: (CheckResult & { readonly id: string })[] = [];
  const checker = new Checker(plan, {
    clock,
    random: { next: () => 0.5 },
    probe: ({ id, port }, signal) =>
      new Promise((resolve, reject) => {
        const settled = async (): Promise<void> => {
          for (let i = 0; i < 5; i++) await Promise.resolve();
        };
        const answer = (outcome: ProbeOutcome): Promise<void> => {
          resolve(outcome);
          return settled();
        };
        const breakDown = (): Promise<void> => {
          reject(new Error("a bug"));
          return settled();
        };
        signal.addEventListener("abort", () => resolve({ verdict: "fail", detail: String(signal.reason) }));
        calls.push({ id, port, atMs: clock.nowMs(), signal, answer, breakDown });
      }),
    onResult: (id, result) => {
      results.push({ id, ...result });
      onResult();
      return unsettled;
    },
  });
  const call = (index: number): Call => {
    const found = calls[index];
    if (found === undefined) throw new Error(`there was no check ${index}`);
    return found;
  };
  return { clock, calls, call, results, checker };
}

const pass: ProbeOutcome = { verdict: "pass", detail: "connected" };

describe("Checker", () => {
  it("leaves no timer behind when whoever takes a result stops checking that very backend", async () => {
    const { clock, call, results, checker } = setUp(false, () => checker.track([]));
    checker.track([backend("a")]);
    await call(0).answer(pass);
    expect(results).to.have.length(1);
    expect(clock.timers).to.equal(0);
  });

  it("checks new backends at once and then at the interval, one check at a time", async () => {
    const { clock, calls, call, results, checker } = setUp();
    checker.track([backend("a"), backend("b")]);
    expect(calls.map(({ id, atMs }) => [id, atMs])).to.deep.equal([
      ["a", 0],
      ["b", 0],
    ]);
    clock.advance(300);
    await call(0).answer(pass);
    expect(results).to.deep.equal([{ id: "a", verdict: "pass", detail: "connected", tookMs: 300 }]);
    checker.track([backend("a")]);
    clock.advance(999);
    expect(calls).to.have.length(2);
    clock.advance(1);
    expect(call(2)).to.include({ id: "a", atMs: 1300 });
    await call(2).answer(pass);
    clock.advance(1999);
    expect(calls).to.have.length(3);
    clock.advance(1);
    expect(call(3)).to.include({ id: "a", atMs: 3300 });
    checker.stop();
  });

  it("checks at the fast interval while the verdict is unsettled", async () => {
    const { clock, call, calls, checker } = setUp(true);
    checker.track([backend("a")]);
    await call(0).answer(pass);
    clock.advance(500);
    expect(calls).to.have.length(2);
    checker.stop();
  });

  it("cuts a check off at the deadline and goes on", async () => {
    const { clock, call, calls, results, checker } = setUp();
    checker.track([backend("a")]);
    clock.advance(999);
    expect(call(0).signal.aborted).to.equal(false);
    clock.advance(1);
    await call(0).answer(pass);
    expect(results).to.deep.equal([{ id: "a", verdict: "fail", detail: "timeout after 1s", tookMs: 1000 }]);
    clock.advance(1000);
    expect(calls).to.have.length(2);
    checker.stop();
  });

  it("stops the checks of a backend that is gone and does not listen to its answer", async () => {
    const { clock, call, calls, results, checker } = setUp();
    checker.track([backend("a"), backend("b")]);
    await call(1).answer(pass);
    checker.track([]);
    expect(call(0).signal.aborted).to.equal(true);
    await call(0).answer(pass);
    expect(results.map(({ id }) => id)).to.deep.equal(["b"]);
    clock.advance(60_000);
    expect(calls).to.have.length(2);
    expect(clock.timers).to.equal(0);
  });

  it("does not disturb backends that stay, whatever changes but where they are checked", () => {
    const { call, calls, checker } = setUp();
    checker.track([backend("a")]);
    checker.track([backend("a", { weight: 9, maxConnections: 3, backup: true }), backend("b")]);
    expect(calls.map(({ id }) => id)).to.deep.equal(["a", "b"]);
    expect(call(0).signal.aborted).to.equal(false);
    checker.stop();
  });

  it("checks at once where an address or health target has moved to", async () => {
    const { call, calls, results, checker } = setUp();
    checker.track([backend("a")]);
    checker.track([backend("a", { port: 4000 })]);
    checker.track([backend("a", { port: 4000, health: { path: "/up" } })]);
    expect(calls.map(({ port }) => port)).to.deep.equal([3000, 4000, 4000]);
    await call(0).answer(pass);
    await call(1).answer(pass);
    expect(results).to.deep.equal([]);
    await call(2).answer(pass);
    expect(results).to.have.length(1);
    checker.stop();
  });

  it("takes a probe that breaks down for our own fault", async () => {
    const { call, results, checker } = setUp();
    checker.track([backend("a")]);
    await call(0).breakDown();
    expect(results[0]).to.include({ verdict: "undecided", detail: "the check itself failed: Error: a bug" });
    checker.stop();
  });

  it("leaves no timer behind", async () => {
    const { clock, call, checker } = setUp();
    checker.track([backend("a"), backend("b")]);
    await call(0).answer(pass);
    checker.stop();
    await call(1).answer(pass);
    expect(clock.timers).to.equal(0);
  });
});
