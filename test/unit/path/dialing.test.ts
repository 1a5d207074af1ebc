import { expect } from "chai";
import type { Cause } from "../../../src/model/connection-record.ts";
import { Dialing } from "../../../src/path/dialing.ts";
import type { DialOptions, RelaySocket } from "../../../src/platform/relay-socket.ts";
import { FakeRelaySocket, Tasks } from "../../support/fake-relay-socket.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

const options: DialOptions = { host: "192.0.2.1", port: 80, noDelay: true, keepAliveMs: 0, readMode: "direct" };

function begin(timeoutMs = 1000) {
  const tasks = new Tasks();
  const clock = new SteppedClock();
  const sockets: FakeRelaySocket[] = [];
  const seen: (DialOptions | RelaySocket | Cause)[] = [];
  const firstBuffer = Buffer.alloc(10);
  const dialing = new Dialing(
    {
      dial: (asked, handler) => {
        expect(asked).to.equal(options);
        const socket = new FakeRelaySocket(handler, { tasks, isConnecting: true });
        sockets.push(socket);
        return socket;
      },
      options,
      timeoutMs,
      firstBuffer,
      clock,
    },
    (socket) => seen.push(socket),
    (cause) => seen.push(cause),
  );
  const [socket] = sockets;
  if (socket === undefined) throw new Error("nothing was dialed");
  return { tasks, clock, socket, seen, dialing, firstBuffer };
}

describe("Dialing", () => {
  it("hands the socket over, open, and forgets its deadline", () => {
    const { clock, socket, seen, dialing, firstBuffer } = begin();
    expect(socket.readingInto).to.equal(firstBuffer);
    socket.connect();
    expect(seen).to.deep.equal([socket]);
    expect(clock.timers).to.equal(0);
    dialing.abandon();
    expect(socket.ending).to.equal(undefined);
  });

  for (const [code, cause] of [
    ["ECONNREFUSED", "connect-refused"],
    ["ENOTFOUND", "name-not-found"],
    ["EMFILE", "out-of-descriptors"],
  ] as const) {
    it(`${code}: fails once`, () => {
      const { tasks, clock, socket, seen } = begin();
      socket.fail(code, "connect");
      tasks.run();
      clock.advance(5000);
      expect(seen).to.deep.equal([cause]);
      expect(clock.timers).to.equal(0);
    });
  }

  it("a socket that closes without a word has failed", () => {
    const { tasks, socket, seen } = begin();
    socket.close();
    tasks.run();
    expect(seen).to.deep.equal(["connect-reset"]);
  });

  it("fails at its deadline and closes the socket", () => {
    const { tasks, clock, socket, seen } = begin(1000);
    clock.advance(999);
    expect(seen).to.deep.equal([]);
    clock.advance(1);
    expect([seen, socket.ending]).to.deep.equal([["connect-timeout"], "closed"]);
    tasks.run();
    expect(seen).to.have.length(1);
  });

  it("0 = no deadline of its own", () => {
    const { clock, seen } = begin(0);
    expect(clock.timers).to.equal(0);
    clock.advance(1e9);
    expect(seen).to.deep.equal([]);
  });

  it("says nothing when it is abandoned, and closes the socket", () => {
    const { tasks, clock, socket, seen, dialing } = begin();
    dialing.abandon();
    dialing.abandon();
    socket.connect();
    tasks.run();
    expect([seen, socket.ending, clock.timers]).to.deep.equal([[], "closed", 0]);
  });
});
