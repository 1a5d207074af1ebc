import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import type { RequestRecord } from "../../src/model/request-record.ts";
import type { AccessLines, Shown } from "../../src/observe/access-line.ts";
import { createHaproxyLines } from "../../src/observe/access-line-haproxy.ts";
import { createJsonLines } from "../../src/observe/access-line-json.ts";
import { createLogfmtLines } from "../../src/observe/access-line-logfmt.ts";
import { sampleRecord } from "../support/sample-record.ts";
import { sampleBadRequest, sampleRequest } from "../support/sample-request.ts";

const BREAKING =
  "whatever reads the access log would break: add fields rather than change them, and say so in CHANGELOG.md";

type Format = "json" | "logfmt" | "haproxy";

/** What happened -> format -> the line; null where the format has none. */
const golden = JSON.parse(readFileSync("test/golden/access-lines.json", "utf8")) as Readonly<
  Record<string, Readonly<Record<Format, string | null>>>
>;

type Happened =
  | { readonly request: RequestRecord; readonly sample?: number }
  | { readonly connection: ConnectionRecord; readonly sample?: number };

const refused = { backend: undefined, home: undefined, reason: undefined, attempts: 0, openBackend: 0 } as const;

const happened: Readonly<Record<string, Happened>> = {
  "tcp: a connection that went well": { connection: sampleRecord() },
  "tcp: no backend could take it": {
    connection: sampleRecord({
      ...{ ...refused, endedBy: "balancer", phase: "choose", cause: "none-eligible", state: "SC" },
      ...{ queueMs: -1, connectMs: -1, bytesOut: 0 },
    }),
  },
  "http: a request with a valid cookie": { request: sampleRequest() },
  "http: a new visitor, moved after a retry, behind a trusted hop, sampled": {
    request: sampleRequest({
      ...{ via: { address: "10.0.0.1", port: 5000 }, method: "POST", target: "/login", minorVersion: 0, status: 302 },
      ...{ home: "app1", backend: "app2", reason: "failover", attempts: 3, redispatched: true, reused: false },
      ...{ cookieIn: "none", cookieOut: "inserted", state: "--NI", connectMs: 201.5, totalMs: 216.9 },
    }),
    sample: 0.25,
  },
  "http: a head that cannot be read": { request: sampleBadRequest() },
  "http: an ambiguous request": {
    request: sampleBadRequest({ method: "POST", target: "/", refusal: "transfer-encoding-and-length" }),
  },
  "http: a head that came too slowly": {
    request: sampleBadRequest({ cause: "head-timeout", refusal: undefined, status: 408, state: "cR--" }),
  },
  "http: every backend is down": {
    request: sampleRequest({
      ...{ ...refused, status: 503, cookieIn: "down", endedBy: "balancer", phase: "choose", cause: "none-eligible" },
      ...{ state: "SCDN", queueMs: -1, connectMs: -1, responseMs: -1, reused: false },
    }),
  },
  "http: the backend answered nonsense": {
    request: sampleRequest({
      ...{ status: 502, refusal: "status-line", phase: "response", cause: "bad-response", state: "PHVN" },
      responseMs: -1,
    }),
  },
  "http: the client left before the answer": {
    request: sampleRequest({
      ...{ status: -1, endedBy: "client", phase: "response", cause: "reset", state: "CHVN" },
      ...{ responseMs: -1, bytesOut: 0 },
    }),
  },
  "http: a tunnel": {
    request: sampleRequest({
      ...{ target: "/socket.io/?EIO=4&transport=websocket", status: 101, upgraded: true, endedBy: "client" },
      totalMs: 3_600_000,
    }),
  },
  "http: a target that would be a line of its own": {
    request: sampleRequest({ target: '/\r\n"#\x1b[31m\xe9 {"kind":"x"}\\' }),
  },
  "http: a connection of three requests": { connection: sampleRecord({ mode: "http", requests: 3 }) },
  "http: a connection that never asked for anything": {
    connection: sampleRecord({
      ...{ ...refused, mode: "http", endedBy: "client", phase: "request", cause: "closed-early", state: "CR" },
      ...{ queueMs: -1, connectMs: -1, bytesIn: 0, bytesOut: 0 },
    }),
  },
};

const formats: Readonly<Record<Format, AccessLines>> = {
  json: createJsonLines("lb1"),
  logfmt: createLogfmtLines("lb1"),
  haproxy: createHaproxyLines(),
};

/** JSON and logfmt say UTC, HAProxy local time: each has a time at which its line says 12:30. */
function wallMs(format: Format): number {
  const parts = [2026, 10, 22, 12, 30, 1, 123] as const;
  return format === "haproxy" ? new Date(...parts).getTime() : Date.UTC(...parts);
}

function lineOf(what: Happened, format: Format): string | null {
  const { covers, ofConnection, ofRequest } = formats[format];
  const shown: Shown = { clientAddress: "203.0.113.77", key: "203.0.113.77/32", sample: what.sample };
  if ("request" in what) return ofRequest({ ...what.request, startedAtMs: wallMs(format) }, shown);
  const record = { ...what.connection, acceptedAtMs: wallMs(format) };
  return covers(record) ? ofConnection(record, shown) : null;
}

describe("golden access lines", () => {
  it("are there, each once", () => {
    expect(Object.keys(golden)).to.deep.equal(Object.keys(happened));
  });

  for (const [name, what] of Object.entries(happened)) {
    it(name, () => {
      const lines = Object.fromEntries((["json", "logfmt", "haproxy"] as const).map((f) => [f, lineOf(what, f)]));
      expect(lines, BREAKING).to.deep.equal(golden[name]);
    });
  }
});
