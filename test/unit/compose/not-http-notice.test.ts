import { expect } from "chai";
import { withNotHttpNotice } from "../../../src/compose/not-http-notice.ts";
import type { ConnectionRecord } from "../../../src/model/connection-record.ts";
import type { Log } from "../../../src/observe/log.ts";
import { sampleRecord } from "../../support/sample-record.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

describe("notice of clients that speak no HTTP/1.1", () => {
  function start(): {
    clock: SteppedClock;
    said: unknown[];
    passedOn: ConnectionRecord[];
    on: (r: ConnectionRecord) => void;
  } {
    const clock = new SteppedClock();
    const said: unknown[] = [];
    const passedOn: ConnectionRecord[] = [];
    const silent = (): void => {};
    const log: Log = {
      ...{ level: "info", isDebug: () => false, setLevel: silent },
      ...{ error: silent, info: silent, debug: silent },
      warn: (message, fields) => said.push([fields?.["listener"], message]),
    };
    return { clock, said, passedOn, on: withNotHttpNotice((record) => passedOn.push(record), log, clock) };
  }

  it("comes once a minute for each listener; every record is passed on", () => {
    const { clock, said, passedOn, on } = start();
    const record = (listener: string): ConnectionRecord => sampleRecord({ listener, cause: "not-http" });
    for (const listener of ["a", "a", "b", "a"]) on(record(listener));
    clock.advance(59_999);
    on(record("a"));
    clock.advance(1);
    on(record("a"));
    const text = "a client spoke TLS or HTTP/2; this port speaks HTTP/1.1 without TLS; use MODE=tcp to pass it through";
    expect(said).to.deep.equal([
      ["a", `a: ${text}`],
      ["b", `b: ${text}`],
      ["a", `a: ${text}`],
    ]);
    expect(passedOn).to.have.length(6);
  });

  it("does not come for anything else", () => {
    const { said, passedOn, on } = start();
    for (const cause of ["finished", "bad-request", "reset"] as const) on(sampleRecord({ cause }));
    expect(said).to.deep.equal([]);
    expect(passedOn).to.have.length(3);
  });
});
