import { expect } from "chai";
import { NOTHING_LEFT, type RelayOfOptions, RunningRelay } from "../../support/relay-of.ts";

const IDLE_MS = 1000;
const HALF_CLOSED_MS = 200;

function running(more: RelayOfOptions = {}): RunningRelay {
  return new RunningRelay({ idleTimeoutMs: IDLE_MS, halfClosedTimeoutMs: HALF_CLOSED_MS, ...more });
}

describe("Relay: idle time", () => {
  it("ends when no byte has come either way for so long", () => {
    const run = running();
    run.advance(IDLE_MS - 1);
    expect(run.ends).to.deep.equal([]);
    run.advance(1);
    expect([run.end, run.closings, run.left]).to.deep.equal(["idle-timeout by balancer", "reset reset", NOTHING_LEFT]);
  });

  it("waits for whoever did not speak last", () => {
    const request = running();
    request.sends("backend", 1);
    request.sends("client", 1);
    request.advance(IDLE_MS);
    expect(request.ends[0]?.waitingFor).to.equal("backend");
    const answer = running();
    answer.sends("client", 1);
    answer.sends("backend", 1);
    answer.advance(IDLE_MS);
    expect(answer.ends[0]?.waitingFor).to.equal("client");
  });

  it("begins again with every byte of either side, with one timer", () => {
    const run = running();
    for (let i = 0; i < 10; i++) {
      run.advance(IDLE_MS - 1);
      run.sends(i % 2 === 0 ? "client" : "backend", 1);
      expect([run.ends.length, run.clock.timers]).to.deep.equal([0, 1]);
    }
    run.advance(IDLE_MS);
    expect(run.end).to.equal("idle-timeout by balancer");
  });

  it("a slow reader who takes a large write bit by bit is not idle", () => {
    const run = running({ clientRoom: 0 });
    run.sends("backend", 50_000);
    for (let i = 0; i < 20; i++) {
      run.advance(IDLE_MS - 100);
      run.takes("client", 100);
    }
    expect(run.ends).to.deep.equal([]);
    run.advance(2 * IDLE_MS);
    expect(run.end).to.equal("idle-timeout by balancer");
    expect(run.left).to.deep.equal(NOTHING_LEFT);
  });

  it("a reader who takes nothing is idle, though bytes wait for it", () => {
    const run = running({ clientRoom: 0 });
    run.sends("backend", 50_000);
    run.advance(2 * IDLE_MS);
    expect([run.end, run.ends[0]?.waitingFor]).to.deep.equal(["idle-timeout by balancer", "client"]);
  });

  it("0 = never", () => {
    const run = running({ idleTimeoutMs: 0 });
    expect(run.clock.timers).to.equal(0);
    run.sendsEnd("client");
    run.advance(HALF_CLOSED_MS);
    expect(run.end).to.equal("half-closed-timeout by balancer");
  });
});

describe("Relay: half-closed time", () => {
  for (const first of ["client", "backend"] as const) {
    const other = first === "client" ? "backend" : "client";

    it(`is short once the ${first} has ended: it waits for the ${other}`, () => {
      const run = running();
      run.advance(IDLE_MS - 50);
      run.sendsEnd(first);
      run.advance(HALF_CLOSED_MS - 1);
      expect(run.ends).to.deep.equal([]);
      run.advance(1);
      expect([run.end, run.ends[0]?.waitingFor]).to.deep.equal(["half-closed-timeout by balancer", other]);
      // What the kernel holds of a complete answer is still sent to a slow client.
      const closings = first === "client" ? "reset reset" : "closed reset";
      expect([run.closings, run.left]).to.deep.equal([closings, NOTHING_LEFT]);
    });

    it(`begins again with what the ${other} still sends`, () => {
      const run = running();
      run.sendsEnd(first);
      for (let i = 0; i < 10; i++) {
        run.advance(HALF_CLOSED_MS - 1);
        run.sends(other, 1);
      }
      expect(run.ends).to.deep.equal([]);
      run.advance(HALF_CLOSED_MS);
      expect(run.end).to.equal("half-closed-timeout by balancer");
    });
  }

  it("resets a client that has not taken the backend's last bytes", () => {
    const run = running({ clientRoom: 0 });
    // As a tunnel does with what came behind the 101.
    run.client.write(Buffer.alloc(1000));
    run.sendsEnd("backend");
    run.advance(2 * HALF_CLOSED_MS);
    expect([run.end, run.closings]).to.deep.equal(["half-closed-timeout by balancer", "reset reset"]);
    expect(run.left).to.deep.equal(NOTHING_LEFT);
  });

  it("holds for HALF_OPEN=false while the last bytes go out", () => {
    const run = running({ halfOpen: false, clientRoom: 0 });
    run.sends("backend", 1000);
    run.sendsEnd("client");
    run.advance(2 * HALF_CLOSED_MS);
    expect([run.end, run.left]).to.deep.equal(["half-closed-timeout by balancer", NOTHING_LEFT]);
  });

  it("0 = the idle time only", () => {
    const run = running({ halfClosedTimeoutMs: 0 });
    run.sendsEnd("client");
    run.advance(IDLE_MS - 1);
    expect(run.ends).to.deep.equal([]);
    run.advance(1);
    expect(run.ends).to.have.length(1);
  });

  it("neither: no timer at all", () => {
    const run = running({ idleTimeoutMs: 0, halfClosedTimeoutMs: 0 });
    run.sendsEnd("client");
    expect(run.clock.timers).to.equal(0);
    run.sendsEnd("backend");
    expect([run.end, run.left]).to.deep.equal(["finished by client", NOTHING_LEFT]);
  });
});
