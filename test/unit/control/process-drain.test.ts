import { expect } from "chai";
import { type DrainReport, ProcessDrain, type ProcessDrainOptions } from "../../../src/control/process-drain.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

/** A drain of something that counts; every line of `told` has its time. */
class Drained {
  readonly clock = new SteppedClock();
  readonly told: string[] = [];
  open = 1;
  lastAcceptedAtMs = Number.NEGATIVE_INFINITY;
  readonly drain: ProcessDrain;

  constructor(options: Partial<ProcessDrainOptions> = {}) {
    this.drain = new ProcessDrain(
      { minMs: 5000, quietMs: 2000, timeoutMs: 30_000, ...options },
      {
        openConnections: () => this.open,
        lastAcceptedAtMs: () => this.lastAcceptedAtMs,
        stopAccepting: () => this.#tell("stop accepting"),
        closeConnections: (politely) => {
          this.#tell(politely ? "close politely" : "reset");
          this.open = 0;
        },
      },
      this.clock,
      ({ stage, closed }: DrainReport) => this.#tell(closed === 0 ? stage : `${stage}, closed ${closed}`),
    );
  }

  /** A connection every 100 ms. */
  trafficFor(ms: number): void {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      this.lastAcceptedAtMs = this.clock.nowMs();
      this.clock.advance(100);
    }
  }

  #tell(what: string): void {
    this.told.push(`${this.clock.nowMs()} ${what}`);
  }
}

describe("ProcessDrain", () => {
  it("listens for the minimum, then lets connections end by themselves", () => {
    const run = new Drained();
    run.drain.begin();
    run.clock.advance(9000);
    expect(run.told).to.deep.equal(["0 listening", "5000 stop accepting", "5000 ending"]);
    run.open = 0;
    run.clock.advance(50);
    expect(run.told.slice(3)).to.deep.equal(["9050 done"]);
    expect(run.clock.timers).to.equal(0);
  });

  it("goes on listening until it is quiet", () => {
    const run = new Drained();
    run.drain.begin();
    run.trafficFor(6000);
    expect(run.told).to.deep.equal(["0 listening"]);
    run.clock.advance(1900);
    expect(run.told.slice(1)).to.deep.equal(["7900 stop accepting", "7900 ending"]);
  });

  it("stops accepting half way to the hard end when it never gets quiet, so that nobody is cut off on arrival", () => {
    const run = new Drained();
    run.drain.begin();
    run.trafficFor(29_000);
    expect(run.told).to.deep.equal(["0 listening", "17500 stop accepting", "17500 ending"]);
    run.clock.advance(1000);
    expect(run.told.slice(3)).to.deep.equal(["30000 close politely", "30000 done, closed 1"]);
  });

  it("keeps the minimum even when that is the hard end", () => {
    const run = new Drained({ minMs: 30_000 });
    run.drain.begin();
    run.clock.advance(29_999);
    expect(run.told).to.deep.equal(["0 listening"]);
    run.clock.advance(1);
    expect(run.told.slice(1)).to.deep.equal(["30000 stop accepting", "30000 close politely", "30000 done, closed 1"]);
  });

  it("does not say that it listens when it does not", () => {
    const run = new Drained({ minMs: 0, quietMs: 0 });
    run.drain.begin();
    expect(run.told).to.deep.equal(["0 stop accepting", "0 ending"]);
  });

  it("resets everything when it is hurried, and only once", () => {
    const listening = new Drained();
    listening.drain.begin();
    listening.drain.hurry();
    listening.drain.hurry();
    expect(listening.told).to.deep.equal(["0 listening", "0 stop accepting", "0 reset", "0 done, closed 1"]);

    const ending = new Drained();
    ending.drain.begin();
    ending.clock.advance(6000);
    ending.drain.hurry();
    expect(ending.told.slice(3)).to.deep.equal(["6000 reset", "6000 done, closed 1"]);
    expect(ending.clock.timers).to.equal(0);
  });

  it("does and says nothing more once it is cancelled", () => {
    const run = new Drained();
    run.drain.begin();
    run.drain.cancel();
    run.drain.hurry();
    expect(run.clock.timers).to.equal(0);
    expect(run.told).to.deep.equal(["0 listening"]);
  });

  it("ends at once, in good order, without any time to do so", () => {
    const run = new Drained({ minMs: 0, timeoutMs: 0 });
    run.drain.begin();
    expect(run.told).to.deep.equal(["0 stop accepting", "0 close politely", "0 done, closed 1"]);
  });
});
