import { expect } from "chai";
import type { Shown } from "../../../src/observe/access-line.ts";
import { createHaproxyLines } from "../../../src/observe/access-line-haproxy.ts";
import { createJsonLines } from "../../../src/observe/access-line-json.ts";
import { createLogfmtLines } from "../../../src/observe/access-line-logfmt.ts";
import { sampleRecord } from "../../support/sample-record.ts";

const shown: Shown = { clientAddress: "203.0.113.77", key: "203.0.113.77/32", sample: undefined };
/** A connection that never had a backend. */
const refused = sampleRecord({
  backend: undefined,
  home: undefined,
  reason: undefined,
  attempts: 0,
  endedBy: "balancer",
  phase: "choose",
  cause: "none-eligible",
  state: "SC",
  queueMs: -1,
  connectMs: -1,
  bytesOut: 0,
  openBackend: 0,
});

describe("access line, json", () => {
  const { ofConnection: line, covers } = createJsonLines("lb1");

  it("has its fields in a fixed order", () => {
    expect(line(sampleRecord(), shown)).to.equal(
      '{"ts":"2026-11-22T12:30:01.123Z","event":"conn","kind":"connection","instance":"lb1","id":7,"mode":"tcp","listener":"web",' +
        '"client_ip":"203.0.113.77","client_port":40123,"key":"203.0.113.77/32","backend":"app1","home":"app1",' +
        '"reason":"home","attempts":1,"redispatched":false,"ended_by":"client","phase":"relay","cause":"finished",' +
        '"state":"--","t_identify":0.03,"t_queue":0,"t_connect":1.235,"t_total":5007.5,"bytes_in":80,"bytes_out":212,' +
        '"open_process":4,"open_listener":3,"open_backend":2,"snapshot":9}',
    );
  });

  it("says null for a backend that was never chosen, and -1 for steps not reached", () => {
    const fields = JSON.parse(line(refused, shown));
    expect(fields).to.include({ backend: null, home: null, reason: null, t_queue: -1, t_connect: -1, state: "SC" });
  });

  it("names the proxy in front and the sampling rate only where there is one", () => {
    const via = sampleRecord({ via: { address: "10.0.0.1", port: 5000 } });
    expect(JSON.parse(line(via, { ...shown, sample: 0.25 }))).to.include({
      via_ip: "10.0.0.1",
      via_port: 5000,
      sample: 0.25,
    });
    expect(JSON.parse(line(sampleRecord(), shown))).to.not.have.any.keys("via_ip", "via_port", "sample");
  });

  it("says in http mode how many requests there were; every connection has a line", () => {
    for (const requests of [0, 3]) {
      const record = sampleRecord({ mode: "http", requests });
      expect(JSON.parse(line(record, shown))).to.include({ mode: "http", requests });
      expect(covers(record)).to.equal(true);
    }
    expect(JSON.parse(line(sampleRecord(), shown))).to.not.have.property("requests");
  });
});

describe("access line, logfmt", () => {
  const { ofConnection: line, covers } = createLogfmtLines("lb 1");

  it("has the fields of the JSON line in the same order", () => {
    const full = sampleRecord({ via: { address: "10.0.0.1", port: 5000 } });
    const names = line(full, { ...shown, sample: 0.5 }).match(/(?<=^| )[a-z_]+(?==)/g);
    expect(names).to.deep.equal(
      Object.keys(JSON.parse(createJsonLines("lb 1").ofConnection(full, { ...shown, sample: 0.5 }))),
    );
  });

  it("quotes where needed and leaves out what has no value", () => {
    const text = line(refused, shown);
    expect(text).to.match(
      /^ts=2026-11-22T12:30:01\.123Z event=conn kind=connection instance="lb 1" id=7 mode=tcp listener=web /,
    );
    expect(text).to.not.match(/backend=[^0-9]|home=|reason=|via_|sample=/);
    expect(text).to.include(" t_connect=-1 ");
  });

  it("says in http mode how many requests there were; every connection has a line", () => {
    const record = sampleRecord({ mode: "http", requests: 0 });
    expect(line(record, shown)).to.include(" mode=http requests=0 ");
    expect(covers(record)).to.equal(true);
    expect(line(sampleRecord(), shown)).to.not.include("requests=");
  });
});

describe("access line, haproxy", () => {
  const { ofConnection: line, covers } = createHaproxyLines();
  const acceptedAtMs = new Date(2026, 10, 22, 12, 30, 1, 123).getTime();

  it("is the tcplog line", () => {
    expect(line(sampleRecord({ acceptedAtMs }), shown)).to.equal(
      "203.0.113.77:40123 [22/Nov/2026:12:30:01.123] web lengket/app1 0/1/5008 212 -- 4/3/3/1/0 0/0",
    );
  });

  it("says <NOSRV> and -1 for what was not reached", () => {
    expect(line({ ...refused, acceptedAtMs }, shown)).to.equal(
      "203.0.113.77:40123 [22/Nov/2026:12:30:01.123] web lengket/<NOSRV> -1/-1/5008 0 SC 4/3/3/0/0 0/0",
    );
  });

  it("counts retries, with a + when another backend was used", () => {
    expect(line(sampleRecord({ attempts: 3 }), shown)).to.include("/1/2 0/0");
    expect(line(sampleRecord({ attempts: 2, redispatched: true }), shown)).to.include("/1/+1 0/0");
  });

  it("prints IPv6 without brackets and a unix socket as HAProxy does", () => {
    const v6 = sampleRecord({ client: { address: "2001:db8::7", port: 99 } });
    expect(line(v6, { ...shown, clientAddress: "2001:db8::7" })).to.match(/^2001:db8::7:99 \[/);
    const unix = sampleRecord({ client: { address: "", port: 0 } });
    expect(line(unix, { ...shown, clientAddress: "" })).to.match(/^unix:1 \[/);
  });

  it("escapes names as HAProxy does, so that the columns stay", () => {
    const text = line(sampleRecord({ listener: 'my web#1"', backend: "größe\n" }), shown);
    expect(text).to.include(" my#20web#231#22 lengket/gr#C3#B6#C3#9Fe#0A 0/1/");
    expect(text.split(" ")).to.have.length(9);
  });

  it("leaves no column empty", () => {
    expect(line(sampleRecord({ listener: "", backend: "" }), shown)).to.include(" - lengket/- 0/1/");
  });

  it("has a line for a connection of http mode only when it ended badly before its first request", () => {
    const silent = sampleRecord({ ...refused, mode: "http", phase: "request", cause: "head-timeout", state: "cR" });
    expect(covers(silent)).to.equal(true);
    expect(covers({ ...silent, requests: 1 })).to.equal(false);
    expect(covers({ ...silent, state: "--" })).to.equal(false);
    expect(covers(sampleRecord())).to.equal(true);
    expect(line({ ...silent, acceptedAtMs }, shown)).to.equal(
      '203.0.113.77:40123 [22/Nov/2026:12:30:01.123] web web/<NOSRV> -1/-1/-1/-1/5007 -1 0 - - cR-- 4/3/3/0/0 0/0 "<BADREQ>"',
    );
  });
});
