import { expect } from "chai";
import fc from "fast-check";
import { SessionHints } from "../../src/path/http/session-hints.ts";
import { AffinityRig } from "../support/affinity-rig.ts";
import { clusterOf } from "../support/clusters.ts";
import { runs } from "../support/runs.ts";
import { SteppedClock } from "../support/stepped-clock.ts";

const AGENT = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const IDS = ["a", "b", "c", "d", "e"];

function rigOf(newSession: "least_conn" | "p2c" | "round_robin", seed: number): AffinityRig {
  const backends = Object.fromEntries(IDS.map((id) => [id, {}]));
  return new AffinityRig(clusterOf(backends), { newSessionHintMs: 2000, newSession }, undefined, seed);
}

const kind = fc.constantFrom("least_conn" as const, "p2c" as const, "round_robin" as const);

describe("session hints, whatever comes", () => {
  it("last no longer than their window, and serve sixteen requests, or the burst that they are part of", () => {
    const step = fc.record({
      waitMs: fc.constantFrom(0, 0, 0, 1, 4, 5, 50, 249, 250, 700, 2000),
      key: fc.constantFrom("x", "y"),
      does: fc.constantFrom("place" as const, "place" as const, "begin" as const, "answer" as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const clock = new SteppedClock();
        const hints = new SessionHints(clock, 2000);
        const known = new Map<
          string,
          { backend: string; startMs: number; served: number; toldMs: number; lastMs: number }
        >();
        for (const [index, { waitMs, key, does }] of steps.entries()) {
          clock.advance(waitMs);
          const nowMs = clock.nowMs();
          const model = known.get(key);
          const isLive =
            model !== undefined &&
            nowMs < model.startMs + 2000 &&
            nowMs < model.toldMs + 250 &&
            (model.served < 16 || (model.served < 64 && nowMs < model.lastMs + 5));
          expect(hints.find(key)).to.equal(isLive ? model.backend : undefined);
          if (does === "answer") {
            if (!isLive) continue;
            // As a further request of the group that is answered at once.
            hints.answered(hints.place(key, model.backend, false));
            model.served++;
            model.lastMs = nowMs;
            model.toldMs = Math.min(model.toldMs, nowMs);
          } else if (isLive && does === "place") {
            hints.place(key, model.backend, false);
            model.served++;
            model.lastMs = nowMs;
          } else {
            const backend = `b${index}`;
            hints.place(key, backend, does === "begin");
            known.set(key, { backend, startMs: nowMs, served: 1, toldMs: Number.POSITIVE_INFINITY, lastMs: nowMs });
          }
        }
        expect(hints.size, "two keys in two generations").to.be.at.most(4);
      }),
      { numRuns: runs(300) },
    );
  });

  it("are forgotten when they are over, and their number has a bound", () => {
    const clock = new SteppedClock();
    const hints = new SessionHints(clock, 2000);
    for (let i = 0; i < 25_000; i++) hints.place(`browser ${i}`, "a", false);
    expect(hints.size).to.equal(10_000);
    expect(hints.find("browser 24999")).to.equal("a");
    expect(hints.find("browser 0")).to.equal(undefined);
    clock.advance(1000);
    // The oldest begins anew, which must not keep the others behind it.
    hints.place("browser 15000", "b", true);
    expect(hints.find("browser 15000")).to.equal("b");
    expect(hints.size).to.be.at.most(10_000);
    for (const name of ["later", "last"]) {
      clock.advance(2000);
      hints.place(name, "a", false);
    }
    expect(hints.size).to.equal(2);
  });

  it("keep the parallel requests of a visitor together, whenever they come and are answered", () => {
    const request = fc.record({ waitMs: fc.nat(200), answersAfter: fc.nat(6) });
    fc.assert(
      fc.property(kind, fc.nat(), fc.array(request, { minLength: 2, maxLength: 6 }), (newSession, seed, requests) => {
        const rig = rigOf(newSession, seed);
        const backends = new Set<string>();
        const answers: (() => void)[] = [];
        let hasCookie = false;
        for (const { waitMs, answersAfter } of requests) {
          // What is sent when the cookie is there carries it.
          if (hasCookie) break;
          rig.clock.advance(waitMs);
          const { binding } = rig.ask([AGENT]);
          const choice = rig.place(binding);
          if (choice.kind !== "chosen") throw new Error(choice.kind);
          const { id } = choice.member.backend;
          backends.add(id);
          answers.push(() => rig.answer(binding, id));
          if (answersAfter === 0) {
            answers.shift()?.();
            hasCookie = true;
          }
        }
        expect(backends.size).to.equal(1);
      }),
      { numRuns: runs(200) },
    );
  });

  /** The visitors on each backend: one after the other from one address, with the same browser, each with `requests` at once. */
  function visitors(rig: AffinityRig, count: number, requests: number, pauseMs: number, lines: readonly string[]) {
    const onBackend = new Map<string, number>(IDS.map((id) => [id, 0]));
    let split = 0;
    for (let i = 0; i < count; i++) {
      const ids = new Set<string>();
      const open = Array.from({ length: requests }, (_, index) => {
        // The page itself first, when the browser says so.
        const { binding } = rig.ask(index === 0 ? lines : [AGENT]);
        const choice = rig.place(binding);
        if (choice.kind !== "chosen") throw new Error(choice.kind);
        ids.add(choice.member.backend.id);
        return { binding, id: choice.member.backend.id };
      });
      for (const { binding, id } of open) rig.answer(binding, id);
      const last = open.at(-1)?.id ?? "";
      onBackend.set(last, (onBackend.get(last) ?? 0) + 1);
      if (ids.size > 1) split++;
      rig.clock.advance(pauseMs);
    }
    return { shares: IDS.map((id) => (onBackend.get(id) ?? 0) / (count / IDS.length)), split };
  }

  it("do not bring the skew of shared addresses back: 1,000 visitors in a row", () => {
    const slack = { least_conn: 0.1, round_robin: 0.1, p2c: 0.6 } as const;
    // All at the same instant they come in groups of 64, the largest there are.
    const inOneInstant = { least_conn: 0.3, round_robin: 0.3, p2c: 2 } as const;
    for (const newSession of ["least_conn", "round_robin", "p2c"] as const) {
      for (const pauseMs of [0, 10, 100, 300]) {
        const { shares } = visitors(rigOf(newSession, 7), 1000, 1, pauseMs, [AGENT]);
        for (const share of shares)
          expect(share, `${newSession}, ${pauseMs} ms`).to.be.closeTo(
            1,
            (pauseMs === 0 ? inOneInstant : slack)[newSession],
          );
      }
    }
  });

  it("split no visitor whose six requests come at once, however close they follow each other", () => {
    for (const pauseMs of [0, 1, 5, 50, 200, 400]) {
      const { split, shares } = visitors(rigOf("least_conn", 3), 50, 6, pauseMs, [AGENT]);
      // A group that is full to the last place is cut once in 64 requests, when there is no pause at all.
      expect(split, `${pauseMs} ms`).to.be.at.most(pauseMs < 5 ? 5 : 0);
      for (const share of shares) expect(share, `${pauseMs} ms`).to.be.within(0.2, 2);
    }
  });

  it("place 50 visitors who open a page evenly, and split none, however close they follow each other", () => {
    for (const newSession of ["least_conn", "round_robin"] as const) {
      for (const pauseMs of [0, 1, 50, 400]) {
        const page = [AGENT, "Sec-Fetch-Dest: document"];
        expect(visitors(rigOf(newSession, 3), 50, 6, pauseMs, page)).to.deep.equal({
          shares: [1, 1, 1, 1, 1],
          split: 0,
        });
      }
    }
  });
});
