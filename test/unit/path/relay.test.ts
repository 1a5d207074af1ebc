import { expect } from "chai";
import { patternBytes } from "../../support/patterns.ts";
import { NOTHING_LEFT, RunningRelay, type SideName } from "../../support/relay-of.ts";

const sides: readonly (readonly [SideName, SideName])[] = [
  ["client", "backend"],
  ["backend", "client"],
];

describe("Relay", () => {
  it("passes bytes both ways and counts them", () => {
    const run = new RunningRelay();
    run.sends("client", 10);
    run.sends("backend", 50_000);
    run.sends("client", 3000);
    expect([run.got("backend"), run.got("client")]).to.deep.equal([3010, 50_000]);
    expect([run.relay.bytesIn, run.relay.bytesOut]).to.deep.equal([3010, 50_000]);
    expect(run.ends).to.deep.equal([]);
  });

  it("begins with what was read ahead", () => {
    const run = new RunningRelay({ readAhead: patternBytes(1, 0, 100) });
    run.sends("client", 50);
    expect([run.got("backend"), run.relay.bytesIn]).to.deep.equal([150, 150]);
  });

  it("does not read on before what was read ahead is gone", () => {
    const run = new RunningRelay({ readAhead: patternBytes(1, 0, 100), backendRoom: 40 });
    run.sends("client", 50);
    expect([run.client.isReading, run.client.unread, run.got("backend")]).to.deep.equal([false, 50, 40]);
    run.takes("backend");
    expect(run.got("backend")).to.equal(150);
  });

  for (const [first, second] of sides) {
    describe(`${first} ends first`, () => {
      it("its FIN is passed on and the other direction goes on; the end is its doing", () => {
        const run = new RunningRelay();
        run.sends(first, 1000);
        run.sendsEnd(first);
        expect([run[second].finSent, run[first].finSent, run.closings]).to.deep.equal([true, false, "open open"]);
        run.sends(second, 100_000);
        expect(run.got(first)).to.equal(100_000);
        run.sendsEnd(second);
        expect([run.end, run.closings]).to.deep.equal([`finished by ${first}`, "closed closed"]);
        expect([run.got(second), run.left]).to.deep.equal([1000, NOTHING_LEFT]);
      });

      it("its FIN waits for the bytes before it", () => {
        const room = first === "client" ? { backendRoom: 10 } : { clientRoom: 10 };
        const run = new RunningRelay(room);
        run.sends(first, 1000);
        run.sendsEnd(first);
        expect([run.got(second), run[second].finSent]).to.deep.equal([10, false]);
        run.takes(second);
        expect([run.got(second), run[second].finSent]).to.deep.equal([1000, true]);
      });

      it("HALF_OPEN=false: one FIN ends both, with the bytes that were there", () => {
        const room = first === "client" ? { backendRoom: 0, clientRoom: 0 } : { clientRoom: 0, backendRoom: 0 };
        const run = new RunningRelay({ halfOpen: false, ...room });
        run.sends(first, 7000);
        run.takes(second, 7000);
        run.sends(second, 8000);
        run.sendsEnd(first);
        run.sends(second, 90_000);
        expect(run.ends).to.deep.equal([]);
        run.takes(first);
        run.takes(second);
        expect([run.end, run.closings]).to.deep.equal([`finished by ${first}`, "closed closed"]);
        expect([...run.client.violations, ...run.backend.violations]).to.deep.equal([]);
        expect([run.got(second), run.got(first), run.left]).to.deep.equal([7000, 8000, NOTHING_LEFT]);
      });

      it("a reset by the other after that, with nothing on its way, is its manner of closing", () => {
        const run = new RunningRelay();
        run.sends(first, 1000);
        run.sendsEnd(first);
        run.sends(second, 1000);
        run.fails(second, "ECONNRESET");
        expect([run.end, run.got(first), run.left]).to.deep.equal([`finished by ${first}`, 1000, NOTHING_LEFT]);
      });

      it("but not when bytes of either side are on their way", () => {
        const run = new RunningRelay(first === "client" ? { clientRoom: 10 } : { backendRoom: 10 });
        run.sendsEnd(first);
        run.sends(second, 1000);
        run.fails(second, "ECONNRESET");
        expect([run.end, run.left]).to.deep.equal([`reset by ${second}`, NOTHING_LEFT]);
        expect(run[first].ending).to.equal("reset");

        const back = new RunningRelay(first === "client" ? { backendRoom: 10 } : { clientRoom: 10 });
        back.sends(first, 1000);
        back.sendsEnd(first);
        back.fails(second, "ECONNRESET");
        expect([back.end, back.closings.includes("reset")]).to.deep.equal([`reset by ${second}`, true]);
      });

      it("nor when a write failed, or the kernel gave up on it", () => {
        for (const [code, syscall, cause] of [
          ["EPIPE", "write", "reset"],
          ["ECONNRESET", "write", "reset"],
          ["ETIMEDOUT", "read", "timed-out"],
          ["EHOSTUNREACH", "read", "unreachable"],
          ["EWHATEVER", "read", "unknown-error"],
        ] as const) {
          const run = new RunningRelay();
          run.sends(first, 1000);
          run.sendsEnd(first);
          run.fails(second, code, syscall);
          expect([run.end, run[first].ending], code).to.deep.equal([`${cause} by ${second}`, "reset"]);
        }
      });
    });

    it(`a reset of the ${first} is passed on at once, whatever is on its way`, () => {
      const run = new RunningRelay({ clientRoom: 5000, backendRoom: 5000 });
      run.sends(first, 10_000);
      run.sends(second, 10_000);
      run.fails(first, "ECONNRESET");
      expect([run.end, run[second].ending, run.left]).to.deep.equal([`reset by ${first}`, "reset", NOTHING_LEFT]);
    });

    it(`a reset of the ${first} that had ended before is no good end`, () => {
      const run = new RunningRelay();
      run.sendsEnd(first);
      run.fails(first, "ECONNRESET");
      expect([run.end, run[second].ending, run.left]).to.deep.equal([`reset by ${first}`, "reset", NOTHING_LEFT]);
    });
  }

  it("ends at once when both ended and everything is sent, and not before", () => {
    const run = new RunningRelay({ clientRoom: 10 });
    run.sends("backend", 500);
    run.sendsEnd("backend");
    run.sendsEnd("client");
    expect(run.ends).to.deep.equal([]);
    run.takes("client");
    expect([run.end, run.got("client"), run.left]).to.deep.equal(["finished by client", 500, NOTHING_LEFT]);
  });

  describe("ended from outside", () => {
    it("resets both sides", () => {
      const run = new RunningRelay({ clientRoom: 10 });
      run.sends("backend", 5000);
      run.abort(false);
      expect([run.end, run.closings, run.left]).to.deep.equal(["shutdown by operator", "reset reset", NOTHING_LEFT]);
    });

    it("politely: what is queued goes out first, then it closes", () => {
      const run = new RunningRelay({ clientRoom: 10, backendRoom: 20 });
      run.sends("backend", 5000);
      run.sends("client", 6000);
      run.abort(true);
      expect([run.end, run.closings]).to.deep.equal(["shutdown by operator", "open open"]);
      run.takes("client");
      run.takes("backend");
      expect([run.got("client"), run.got("backend"), run.closings]).to.deep.equal([5000, 6000, "closed closed"]);
      expect(run.left).to.deep.equal(NOTHING_LEFT);
    });

    it("politely: the buffers stay lent while bytes of them are on their way", () => {
      const run = new RunningRelay({ clientRoom: 10 });
      run.sends("backend", 5000);
      run.abort(true);
      const next = run.pool.take();
      next.fill(0);
      run.takes("client");
      expect([run.got("client"), run.client.violations]).to.deep.equal([5000, []]);
      run.pool.release(next);
      expect(run.left).to.deep.equal(NOTHING_LEFT);
    });

    it("politely: what comes meanwhile is dropped", () => {
      const run = new RunningRelay({ clientRoom: 10, backendRoom: 10 });
      run.sends("backend", 5000);
      run.sends("client", 5000);
      run.abort(true);
      run.sends("client", 40_000);
      run.sends("backend", 40_000);
      run.sendsEnd("client");
      run.takes("client");
      run.takes("backend");
      expect([run.end, run.got("client"), run.got("backend")]).to.deep.equal(["shutdown by operator", 5000, 5000]);
      expect(run.left).to.deep.equal(NOTHING_LEFT);
    });

    it("politely: what comes from the slower side is dropped too, and needs no buffer", () => {
      const run = new RunningRelay({ clientRoom: 10 });
      run.sends("backend", 500);
      run.abort(true);
      run.sends("client", 40_000);
      run.sendsEnd("client");
      run.takes("client");
      expect([run.got("client"), run.got("backend")]).to.deep.equal([500, 0]);
      expect(run.left).to.deep.equal(NOTHING_LEFT);
    });

    it("politely has its limits: a peer that takes nothing is reset after five seconds", () => {
      const run = new RunningRelay({ clientRoom: 10, idleTimeoutMs: 0, halfClosedTimeoutMs: 0 });
      run.sends("backend", 5000);
      run.abort(true);
      run.advance(4999);
      expect(run.closings).to.equal("open closed");
      run.advance(1);
      expect([run.end, run.closings, run.left]).to.deep.equal(["shutdown by operator", "reset closed", NOTHING_LEFT]);
    });

    it("politely, and then a peer resets", () => {
      const run = new RunningRelay({ clientRoom: 10, backendRoom: 10 });
      run.sends("backend", 5000);
      run.sends("client", 5000);
      run.abort(true);
      run.fails("client", "ECONNRESET");
      run.takes("backend");
      expect([run.end, run.got("backend"), run.left]).to.deep.equal(["shutdown by operator", 5000, NOTHING_LEFT]);
    });

    it("has one end only", () => {
      const run = new RunningRelay();
      run.abort(true);
      run.abort(true);
      run.abort(false);
      run.fails("client", "ECONNRESET");
      expect([run.end, run.left]).to.deep.equal(["shutdown by operator", NOTHING_LEFT]);
    });
  });
});
