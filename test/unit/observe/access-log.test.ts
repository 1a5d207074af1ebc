import { expect } from "chai";
import type { ConnectionRecord } from "../../../src/model/connection-record.ts";
import type { AccessLogOptions } from "../../../src/observe/access-log.ts";
import { sampleRecord } from "../../support/sample-record.ts";
import { accessLogRig } from "./access-log-rig.ts";

/** The numbers over and over. */
function draws(...numbers: readonly number[]) {
  let next = 0;
  return { next: () => numbers[next++ % numbers.length] ?? 0 };
}

describe("createAccessLog", () => {
  it("hands one line a record to the ring, in the same turn", () => {
    const { log, ring } = accessLogRig();
    for (let i = 0; i < 1000; i++) log.write(sampleRecord({ id: i }));
    // winston must not have kept any of them: its streams have no bound.
    expect(ring.appended).to.equal(1000);
    expect([log.written, log.sampledOut]).to.deep.equal([1000, 0]);
  });

  it("logs the sampled share of normal connections and says which share that is", async () => {
    const { log, entries } = accessLogRig({ sample: 0.25, random: draws(0, 0.2499, 0.25, 0.99) });
    for (let id = 0; id < 8; id++) log.write(sampleRecord({ id }));
    const logged = await entries();
    expect(logged.map((line) => [line["id"], line["sample"]])).to.deep.equal([
      [0, 0.25],
      [1, 0.25],
      [4, 0.25],
      [5, 0.25],
    ]);
    expect([log.written, log.sampledOut]).to.deep.equal([4, 4]);
  });

  it("logs none of the normal ones at 0", async () => {
    const { log, entries } = accessLogRig({ sample: 0, random: draws(0) });
    log.write(sampleRecord());
    expect(await entries()).to.deep.equal([]);
    expect(log.sampledOut).to.equal(1);
  });

  it("keeps errors and slow ones when asked to; they stand for themselves only", async () => {
    const { log, entries } = accessLogRig({ sample: 0 });
    log.write(sampleRecord({ id: 1, state: "SC", cause: "connect-refused" }));
    log.write(sampleRecord({ id: 2, connectMs: 1000 }));
    log.write(sampleRecord({ id: 3, queueMs: 1000 }));
    const logged = await entries();
    expect(logged.map((line) => line["id"])).to.deep.equal([1, 2, 3]);
    for (const line of logged) expect(line).to.not.have.property("sample");
  });

  it("samples what it was not asked to keep", () => {
    const slow: Partial<ConnectionRecord> = { connectMs: 1000 };
    const error: Partial<ConnectionRecord> = { state: "SC" };
    const cases: readonly (readonly [AccessLogOptions["always"], Partial<ConnectionRecord>, number])[] = [
      [[], error, 0],
      [[], slow, 0],
      [["slow"], error, 0],
      [["errors"], slow, 0],
      [["slow"], slow, 1],
      [["errors"], error, 1],
      [["slow"], { connectMs: 999.9, queueMs: 999.9, totalMs: 1e6 }, 0], // long is not slow
    ];
    for (const [always, changes, written] of cases) {
      const { log } = accessLogRig({ sample: 0, always, random: draws(0) });
      log.write(sampleRecord(changes));
      expect(log.written, `${always} ${JSON.stringify(changes)}`).to.equal(written);
    }
  });

  it("changes its mind at once", async () => {
    const { log, entries } = accessLogRig({ random: draws(0.5) });
    log.configure({ sample: 0.4, always: [], slowMs: 1000, mask: false });
    log.write(sampleRecord({ id: 1, state: "SC" }));
    log.configure({ sample: 0.4, always: ["errors"], slowMs: 1000, mask: true });
    log.write(sampleRecord({ id: 2, state: "SC" }));
    log.configure({ sample: 0.4, always: ["slow"], slowMs: 1, mask: false });
    log.write(sampleRecord({ id: 3 }));
    const logged = await entries();
    expect(logged.map((line) => [line["id"], line["client_ip"]])).to.deep.equal([
      [2, "203.0.113.0"],
      [3, "203.0.113.77"],
    ]);
  });

  it("masks client and key, not the proxy in front", async () => {
    const { log, entries } = accessLogRig({ mask: true });
    log.write(sampleRecord({ via: { address: "10.0.0.1", port: 5000 } }));
    log.write(sampleRecord({ client: { address: "2001:db8:1:2::3", port: 9 }, key: "2001:db8:1:2::/64" }));
    log.write(sampleRecord({ client: { address: "", port: 0 }, key: "" }));
    const logged = await entries();
    expect(logged.map((line) => [line["client_ip"], line["key"], line["via_ip"]])).to.deep.equal([
      ["203.0.113.0", "203.0.113.0/24", "10.0.0.1"],
      ["2001:db8:1::", "2001:db8:1::/48", undefined],
      ["", "", undefined],
    ]);
    expect(JSON.stringify(logged)).to.not.include("203.0.113.77");
  });

  it("writes the format that was asked for", async () => {
    for (const [format, start] of [
      ["json", '{"ts":'],
      ["logfmt", "ts="],
      ["haproxy", "203.0.113.77:40123 ["],
    ] as const) {
      const { log, lines } = accessLogRig({ format });
      log.write(sampleRecord());
      expect((await lines())[0]?.slice(0, start.length)).to.equal(start);
    }
  });
});
