import { expect } from "chai";
import { rawForwarder } from "../blackbox/subjects/raw-forwarder.ts";
import { Sightings } from "../fuzz/fuzz-backend.ts";
import { type FuzzOptions, fuzz, startFuzzBackends } from "../fuzz/fuzz-run.ts";
import { startFuzzed } from "../fuzz/fuzzed-lengket.ts";
import { BACKENDS } from "../fuzz/grammar.ts";
import { closeAfterEach } from "../support/close-after-each.ts";

describe("HTTP, fuzzed", function () {
  this.timeout(60_000);
  const later = closeAfterEach();
  const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);

  async function run(options: FuzzOptions): Promise<void> {
    const sightings = new Sightings();
    const backends = await startFuzzBackends(sightings, options);
    for (const backend of backends) later(() => backend.kill());
    const lengket = await startFuzzed(backends);
    later(() => lengket.kill());
    const result = await fuzz(lengket.port, sightings, options);
    const { messages, changed, accepted, refused, seconds } = result;
    process.stdout.write(
      `    ${messages} messages, ${changed} changed, in ${seconds.toFixed(1)} s; FUZZ_SEED=${seed}\n`,
    );
    expect(lengket.child.exitCode, "it still runs").to.equal(null);
    expect(result.failures, `FUZZ_SEED=${seed}`).to.deep.equal([]);
    expect(Math.min(messages, changed, accepted, refused)).to.be.greaterThan(100);
  }

  it("no request reaches a backend but those that were sent and are answered, each to its own client", () =>
    run({ seed, messages: 1_000_000, seconds: 12, connections: 32, oddAnswers: 0 }));

  it("the same when backends answer oddly", () =>
    run({ seed, messages: 1_000_000, seconds: 6, connections: 32, oddAnswers: 4 }));

  it("it can fail: who passes bytes on unread is found out at once", async () => {
    const options = { seed: 1, messages: 5000, seconds: 20, connections: 8, oddAnswers: 0 };
    const sightings = new Sightings();
    const backends = await startFuzzBackends(sightings, options);
    for (const backend of backends) later(() => backend.kill());
    const places = backends.map(({ port }, i) => ({ id: BACKENDS[i] ?? "", host: "127.0.0.1", port }));
    const dead = { id: "dead", host: "127.77.0.9", port: 9 };
    const forwarder = await rawForwarder().start({ backends: places, dead, profile: "usual" });
    later(() => forwarder.stop());
    const { failures } = await fuzz(forwarder.port, sightings, options);
    expect(failures.join("\n")).to.contain("got what is no request");
  });
});
