import { expect } from "chai";
import { descriptorLimit } from "../../src/platform/descriptors.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { MeasuredProcess } from "../support/measured-process.ts";
import { settled } from "../support/settled.ts";
import { settingOf, startBackends } from "../support/test-backend.ts";
import { loopback, TestClient, visit } from "../support/test-client.ts";

const OPEN = 5_000;
const CHURN = 50_000;
const MIB = 1 << 20;

describe("many connections through a process of its own", function () {
  this.timeout(120_000);
  const later = closeAfterEach();

  async function start(flags: Record<string, string> = {}): Promise<MeasuredProcess> {
    const backends = await startBackends(4);
    for (const backend of backends) later(() => backend.kill());
    const measured = await MeasuredProcess.start({ BACKENDS: settingOf(backends), ...flags });
    later(() => measured.kill());
    return measured;
  }

  /** Does `times` of something, `atOnce` at the same time. */
  async function repeat(times: number, atOnce: number, one: (index: number) => Promise<unknown>): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < times; index = next++) await one(index);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  it("5,000 open at the same time: all are served, none is disturbed, and nothing of them is left", async () => {
    expect(descriptorLimit(), "open files limit: both ends are in this process").to.be.above(2 * OPEN + 200);
    const measured = await start();
    await repeat(200, 20, (i) => visit({ host: "127.0.0.1", port: measured.port, localAddress: loopback(i) }));
    const before = await measured.measure();
    measured.markMemory();
    const clients: TestClient[] = [];
    later(() => {
      for (const client of clients) client.close();
    });
    await repeat(OPEN, 100, async (i) => {
      const localAddress = loopback(i);
      const client = await TestClient.open({ host: "127.0.0.1", port: measured.port, localAddress });
      clients.push(client);
      await client.line();
    });
    const during = await measured.measure();
    expect(during.descriptors - before.descriptors).to.equal(2 * OPEN);
    const each = measured.memoryGrowth() / OPEN / 1024;
    console.log(`      5,000 idle connections: ${each.toFixed(1)} KiB each`);
    expect(each, "KiB for each").to.be.below(30);
    for (const client of clients) client.write("hello\n");
    for (const client of clients) expect(await client.line()).to.equal("hello");
    for (const client of clients) client.end();
    await Promise.all(clients.map((client) => client.rest()));
    const after = await idle(measured, before.descriptors);
    expect(after.resources).to.deep.equal(before.resources);
  });

  it("50,000 one after the other: descriptors, timers and heap are back where they were", async () => {
    // With a limit for each step, so that every kind of timer is set and cancelled.
    const measured = await start({ RATE_PER_CLIENT: "100000/s", OVERFLOW_PIN: "10m", IDLE_TIMEOUT: "10m" });
    const one = (i: number): Promise<string> =>
      visit({ host: "127.0.0.1", port: measured.port, localAddress: loopback(i % 2000) });
    await repeat(4_000, 50, one);
    const before = await idle(measured, 0);
    const startedMs = performance.now();
    await repeat(CHURN, 50, one);
    const seconds = (performance.now() - startedMs) / 1000;
    const after = await idle(measured, before.descriptors);
    const heapMiB = (after.heapBytes - before.heapBytes) / MIB;
    console.log(`      50,000 connections in ${seconds.toFixed(1)} s, heap grew by ${heapMiB.toFixed(3)} MiB`);
    expect(after.descriptors).to.equal(before.descriptors);
    expect(after.resources).to.deep.equal(before.resources);
    expect(heapMiB).to.be.below(2);
  });
});

/** A measurement when no more than `descriptors` are open, or (0) when their number rests. */
async function idle(measured: MeasuredProcess, descriptors: number): ReturnType<MeasuredProcess["measure"]> {
  let last = await measured.measure();
  await settled(() => {
    if (descriptors === 0 || last.descriptors > descriptors) void measured.measure().then((next) => (last = next));
    return last.descriptors;
  });
  return last;
}
