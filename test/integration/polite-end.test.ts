import { once } from "node:events";
import type { Socket } from "node:net";
import { expect } from "chai";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { settled } from "../support/settled.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { startBackends } from "../support/test-backend.ts";
import { loopback, TestClient } from "../support/test-client.ts";

/** Says its name's last digit without end. */
function flood(socket: Socket, { id }: { readonly id: string }): void {
  const chunk = Buffer.alloc(256 * 1024, id.slice(-1));
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", more);
  more();
}

/** Reads `bytes`, or to the end, and counts those that are not `expected`. */
async function take({ socket }: TestClient, expected: string, bytes = Number.POSITIVE_INFINITY): Promise<number> {
  const [code] = Buffer.from(expected);
  let taken = 0;
  let strange = 0;
  let enough = (): void => {};
  const done = new Promise<void>((resolve) => {
    enough = resolve;
  });
  socket.removeAllListeners("data");
  socket.on("data", (chunk) => {
    taken += chunk.length;
    for (const byte of chunk) if (byte !== code) strange++;
    if (taken >= bytes) enough();
  });
  socket.resume();
  await Promise.race([done, once(socket, "end")]);
  socket.pause();
  return strange;
}

describe("connections that DRAIN_TIMEOUT ends while their client does not read", () => {
  const later = closeAfterEach();

  interface Scene {
    readonly lengket: RunningBalancer;
    readonly clock: SteppedClock;
    /** Its backend is app1, which has left; it has stopped reading and the balancer has bytes left for it. */
    readonly stuck: TestClient;
    /** Somebody whose backend is app2. */
    readonly other: TestClient;
  }

  async function start(): Promise<Scene> {
    const backends = await startBackends(2, flood);
    for (const backend of backends) later(() => backend.kill());
    const clock = new SteppedClock();
    const [one, two] = backends;
    const BACKENDS = `${one?.setting()},${two?.setting()}`;
    const lengket = await balancerOf({ BACKENDS, DRAIN_TIMEOUT: "1m" }, { clock });
    later(() => lengket.balancer.close());
    let stuck: TestClient | undefined;
    let other: TestClient | undefined;
    for (let i = 0; stuck === undefined || other === undefined; i++) {
      const client = await TestClient.open(lengket.at(loopback(i)));
      later(() => client.close());
      if ((await client.read(1)).toString() === "1") stuck ??= client;
      else other ??= client;
      client.socket.pause();
    }
    const [sender] = one?.sockets ?? [];
    await settled(() => (sender?.bytesWritten ?? 0) - (sender?.writableLength ?? 0));
    lengket.reload({ BACKENDS: two?.setting() ?? "" });
    clock.advance(60_000);
    expect(lengket.records.items.at(-1)).to.include({ cause: "drain-deadline", backend: "app1" });
    return { lengket, clock, stuck, other };
  }

  it("still get what was on its way to them, and no byte of anybody else", async () => {
    const { stuck, other } = await start();
    // Enough to use every buffer of the pool.
    await take(other, "2", 20_000_000);
    const strange = await take(stuck, "1");
    expect(strange).to.equal(0);
  });

  it("are reset when they do not take it in a few seconds", async () => {
    const { lengket, clock, stuck } = await start();
    clock.advance(4_999);
    await settled(() => lengket.balancer.gauges.buffersLent);
    expect(lengket.balancer.gauges.buffersLent).to.be.at.least(1);
    clock.advance(1);
    stuck.socket.resume();
    expect(await stuck.ended).to.equal("reset");
    expect(lengket.balancer.openOn("app1")).to.equal(0);
  });
});
