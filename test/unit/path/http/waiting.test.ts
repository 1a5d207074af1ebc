import { expect } from "chai";
import { type Changes, clusterOf } from "../../../support/clusters.ts";
import type { FakeRelaySocket } from "../../../support/fake-relay-socket.ts";
import { HttpWorld, OK, requestOf } from "../../../support/http-world.ts";
import { ALL_ZERO } from "../../../support/path-world.ts";

const QUEUE_TIMEOUT_MS = 1000;
const ONE_AT_A_TIME: Changes = { of: { maxConnections: 1 } };
const ask = (backend?: string): string => requestOf("GET /", backend === undefined ? [] : [`Cookie: sid=${backend}`]);

/** Backends a and b, both taken by a request of a session of their own. */
function taken(): { w: HttpWorld; a: FakeRelaySocket; b: FakeRelaySocket } {
  const w = new HttpWorld({
    snapshot: clusterOf({ a: ONE_AT_A_TIME, b: { ...ONE_AT_A_TIME, slot: 1 } }),
    http: { affinity: { mode: "insert" } },
    path: { queue: 10, queueTimeoutMs: QUEUE_TIMEOUT_MS },
  });
  const [a, b] = ["a", "b"].map((backend) => w.asked(ask(backend)).backend);
  if (a === undefined || b === undefined) throw new Error("no backends");
  return { w, a, b };
}

function come(w: HttpWorld, count: number, backend?: string): void {
  for (let i = 0; i < count; i++) w.say(w.accept(), ask(backend));
}

describe("requests that wait for a place", () => {
  it("new sessions take whichever place is free first, and do not wait for a backend that is slow", () => {
    const { w, a, b } = taken();
    come(w, 8);
    expect([w.path.waitingRoom.size, w.dialed.length]).to.deep.equal([8, 2]);
    for (let left = 7; left >= 0; left--) {
      w.say(b, OK);
      expect(w.path.waitingRoom.size).to.equal(left);
    }
    w.say(b, OK);
    w.say(a, OK);
    expect(w.requests.map(({ backend, status }) => `${backend} ${status}`)).to.deep.equal([
      ...Array.from({ length: 9 }, () => "b 200"),
      "a 200",
    ]);
    // In the order in which they had come.
    const ids = w.requests.slice(1, -1).map(({ id }) => id);
    expect(ids).to.deep.equal([...ids].sort((x, y) => x - y));
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });

  it("who belongs to a backend waits for that one alone", () => {
    const { w, a, b } = taken();
    come(w, 2, "a");
    w.say(b, OK);
    expect(w.path.waitingRoom.size).to.equal(2);
    for (const left of [1, 0]) {
      w.say(a, OK);
      expect(w.path.waitingRoom.size).to.equal(left);
    }
    w.say(a, OK);
    expect(w.requests.map(({ backend }) => backend)).to.deep.equal(["b", "a", "a", "a"]);
  });

  it("a new session that has left, or has waited too long, takes no place", () => {
    const { w, b } = taken();
    const [gone] = [w.accept()];
    w.say(gone, ask());
    w.reset(gone);
    come(w, 3);
    w.advance(QUEUE_TIMEOUT_MS);
    expect([w.path.waitingRoom.size, w.requests.map(({ cause }) => cause)]).to.deep.equal([
      0,
      ["reset", "none-eligible", "none-eligible", "none-eligible"],
    ]);
    w.say(b, OK);
    expect(w.gauges()).to.include({ leases: 1, waiting: 0 });
    expect(w.endGauges()).to.deep.equal({ ...ALL_ZERO, idle: 0 });
  });
});
