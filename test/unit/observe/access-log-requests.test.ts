import { expect } from "chai";
import type { RequestRecord } from "../../../src/model/request-record.ts";
import type { AccessLogOptions } from "../../../src/observe/access-log.ts";
import { sampleRecord } from "../../support/sample-record.ts";
import { sampleBadRequest, sampleRequest } from "../../support/sample-request.ts";
import { accessLogRig } from "./access-log-rig.ts";

const HALF = { next: () => 0.5 };

describe("createAccessLog, requests", () => {
  it("writes both kinds, in the order in which they ended", async () => {
    const { log, entries } = accessLogRig();
    log.writeRequest(sampleRequest({ index: 1 }));
    log.writeRequest(sampleRequest({ index: 2 }));
    log.write(sampleRecord({ mode: "http", requests: 2 }));
    const logged = await entries();
    expect(logged.map((line) => [line["kind"], line["index"] ?? line["requests"]])).to.deep.equal([
      ["request", 1],
      ["request", 2],
      ["connection", 2],
    ]);
    expect([log.written, log.sampledOut]).to.deep.equal([3, 0]);
  });

  const slow: Partial<RequestRecord> = { responseMs: 1000 };
  const cases: readonly (readonly [what: string, AccessLogOptions["always"], Partial<RequestRecord>, number])[] = [
    ["an everyday request", ["errors", "slow"], {}, 0],
    ["one that took long to relay", ["errors", "slow"], { totalMs: 1e6, headMs: 1e6 }, 0],
    ["a slow answer", ["slow"], slow, 1],
    ["a slow connect", ["slow"], { connectMs: 1000 }, 1],
    ["a long wait for a slot", ["slow"], { queueMs: 1000 }, 1],
    ["a slow answer, when only errors are kept", ["errors"], slow, 0],
    ["a 404 of the application", ["errors"], { status: 404 }, 0],
    ["a 499", ["errors"], { status: 499 }, 0],
    ["a 500 of the application", ["errors"], { status: 500 }, 1],
    ["a 500, when only slow ones are kept", ["slow"], { status: 500 }, 0],
    ["a 400 of ours", ["errors"], sampleBadRequest(), 1],
    ["a client that went away", ["errors"], { status: -1, endedBy: "client", cause: "reset", state: "CHVN" }, 1],
    ["a 200 that was cut", ["errors"], { cause: "response-cut", state: "SDVN" }, 1],
    ["an error, when nothing is kept", [], { status: 503, state: "SCVN" }, 0],
  ];
  for (const [what, always, changes, written] of cases) {
    it(`${written === 1 ? "keeps" : "samples away"} ${what}`, async () => {
      const { log, entries } = accessLogRig({ sample: 0, always, random: HALF });
      log.writeRequest(sampleRequest(changes));
      expect([log.written, log.sampledOut]).to.deep.equal([written, 1 - written]);
      for (const line of await entries()) expect(line).to.not.have.property("sample");
    });
  }

  it("says which share a sampled line stands for", async () => {
    const { log, entries } = accessLogRig({ sample: 0.75, random: HALF });
    log.writeRequest(sampleRequest());
    expect((await entries())[0]).to.include({ kind: "request", sample: 0.75 });
  });

  it("masks client and key, not the proxy in front", async () => {
    const { log, lines } = accessLogRig({ mask: true });
    log.writeRequest(sampleRequest({ via: { address: "10.0.0.1", port: 5000 } }));
    const [line = ""] = await lines();
    expect(JSON.parse(line)).to.include({ client_ip: "203.0.113.0", key: "203.0.113.0/24", via_ip: "10.0.0.1" });
    expect(line).to.not.include("203.0.113.77");
  });

  it("writes no haproxy line for a connection whose requests have theirs, and draws no lot for it", async () => {
    const { log, lines } = accessLogRig({ format: "haproxy", sample: 0.1 });
    log.write(sampleRecord({ mode: "http", requests: 3 }));
    log.write(sampleRecord({ mode: "http", requests: 0, state: "--" }));
    log.write(sampleRecord({ mode: "http", requests: 0, state: "cR", cause: "head-timeout" }));
    const logged = await lines();
    expect(logged).to.have.length(1);
    expect(logged[0]).to.match(/ cR-- .* "<BADREQ>"$/);
    expect([log.written, log.sampledOut]).to.deep.equal([1, 0]);
  });

  it("writes the format that was asked for", async () => {
    for (const [format, pattern] of [
      ["json", /^\{"ts":.*"kind":"request"/],
      ["logfmt", /^ts=\S+ event=request kind=request /],
      ["haproxy", /^203\.0\.113\.77:40123 \[.*"GET \/cart\?item=3 HTTP\/1\.1"$/],
    ] as const) {
      const { log, lines } = accessLogRig({ format });
      log.writeRequest(sampleRequest());
      expect((await lines())[0]).to.match(pattern);
    }
  });
});
