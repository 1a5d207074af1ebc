import dns from "node:dns";
import { connect } from "node:net";
import { expect } from "chai";
import { balancerOf, RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { SteppedClock } from "../support/stepped-clock.ts";
import { TestBackend } from "../support/test-backend.ts";

describe("Balancer", () => {
  const later = closeAfterEach();

  it("leaves no timer of a drain behind when it is closed, and says no more about it", async () => {
    const clock = new SteppedClock();
    const { balancer } = await balancerOf({ BACKENDS: "a=127.0.0.1:1", SHUTDOWN_MIN: "5s" }, { clock });
    const stages: string[] = [];
    balancer.drain(({ stage }) => stages.push(stage));
    balancer.close();
    expect(clock.timers).to.equal(0);
    balancer.drain(({ stage }) => stages.push(stage));
    expect(stages).to.deep.equal(["listening"]);
  });

  it("opens no further place once it has stopped accepting", async () => {
    const backend = await TestBackend.start("a");
    later(() => backend.kill());
    // The second place waits for the address of its name, until the test lets it go on.
    const { lookup } = dns;
    let goOn = (): void => {};
    dns.lookup = ((...question: readonly unknown[]) => {
      const ask = () => Reflect.apply(lookup, dns, question);
      if (question[0] === "localhost") goOn = ask;
      else ask();
    }) as unknown as typeof lookup;
    later(() => {
      dns.lookup = lookup;
    });
    const { balancer } = new RunningBalancer({ LISTEN: "127.0.0.1:0,localhost:0", BACKENDS: backend.setting() });
    later(() => balancer.close());
    const started = balancer.start();
    while (balancer.ports.length === 0) await new Promise(setImmediate);
    const client = connect({ host: "127.0.0.1", port: balancer.ports[0] ?? 0 });
    later(() => client.destroy());
    while (balancer.openConnections === 0) await new Promise(setImmediate);
    const stages: string[] = [];
    balancer.drain(({ stage }) => stages.push(stage), { skipListening: true });
    expect(stages).to.deep.equal(["ending"]);
    goOn();
    await started;
    const answers = balancer.ports.map(async (port) => {
      const caller = connect({ host: "127.0.0.1", port });
      later(() => caller.destroy());
      return new Promise((resolve) => {
        caller.once("connect", () => resolve("connected"));
        caller.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
      });
    });
    expect(await Promise.all(answers)).to.deep.equal(["ECONNREFUSED", "ECONNREFUSED"]);
  });
});
