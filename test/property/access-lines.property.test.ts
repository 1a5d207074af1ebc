import { expect } from "chai";
import fc from "fast-check";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import type { RequestRecord } from "../../src/model/request-record.ts";
import type { AccessLines, CommonRecord, Shown } from "../../src/observe/access-line.ts";
import { createHaproxyLines } from "../../src/observe/access-line-haproxy.ts";
import { createJsonLines } from "../../src/observe/access-line-json.ts";
import { createLogfmtLines } from "../../src/observe/access-line-logfmt.ts";
import { anyConnection, anyRequest, anyText, PRINTABLE } from "../support/record-arbitraries.ts";

const shown: fc.Arbitrary<Shown> = fc.record({
  clientAddress: anyText,
  key: anyText,
  sample: fc.option(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { nil: undefined }),
});

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function whoOf(r: CommonRecord, s: Shown): object {
  return {
    listener: r.listener,
    client_ip: s.clientAddress,
    client_port: r.client.port,
    ...(r.via && { via_ip: r.via.address, via_port: r.via.port }),
    key: s.key,
  };
}

function choiceOf(r: CommonRecord): object {
  return {
    backend: r.backend ?? null,
    home: r.home ?? null,
    reason: r.reason ?? null,
    attempts: r.attempts,
    redispatched: r.redispatched,
  };
}

function sizesOf(r: CommonRecord, s: Shown): object {
  return {
    bytes_in: r.bytesIn,
    bytes_out: r.bytesOut,
    open_process: r.openProcess,
    open_listener: r.openListener,
    open_backend: r.openBackend,
    snapshot: r.snapshotVersion,
    ...(s.sample !== undefined && { sample: s.sample === 0 ? 0 : s.sample }),
  };
}

/** What the JSON line of a connection means. */
function connectionMeaning(r: ConnectionRecord, s: Shown, instance: string): object {
  return {
    ts: new Date(r.acceptedAtMs).toISOString(),
    event: "conn",
    kind: "connection",
    instance,
    id: r.id,
    mode: r.mode,
    ...(r.mode === "http" && { requests: r.requests }),
    ...whoOf(r, s),
    ...choiceOf(r),
    ended_by: r.endedBy,
    phase: r.phase,
    cause: r.cause,
    state: r.state,
    t_identify: toMicroseconds(r.identifyMs),
    t_queue: toMicroseconds(r.queueMs),
    t_connect: toMicroseconds(r.connectMs),
    t_total: toMicroseconds(r.totalMs),
    ...sizesOf(r, s),
  };
}

/** What the JSON line of a request means. */
function requestMeaning(r: RequestRecord, s: Shown, instance: string): object {
  return {
    ts: new Date(r.startedAtMs).toISOString(),
    event: "request",
    kind: "request",
    instance,
    id: r.id,
    connection_id: r.connectionId,
    index: r.index,
    ...whoOf(r, s),
    method: r.method,
    target: r.target,
    version: `1.${r.minorVersion}`,
    status: r.status,
    refusal: r.refusal ?? null,
    ...choiceOf(r),
    reused: r.reused,
    upgraded: r.upgraded,
    cookie_in: r.cookieIn,
    cookie_out: r.cookieOut,
    ended_by: r.endedBy,
    phase: r.phase,
    cause: r.cause,
    state: r.state,
    t_head: toMicroseconds(r.headMs),
    t_queue: toMicroseconds(r.queueMs),
    t_connect: toMicroseconds(r.connectMs),
    t_response: toMicroseconds(r.responseMs),
    t_total: toMicroseconds(r.totalMs),
    ...sizesOf(r, s),
  };
}

/** The line of either kind of record, in the format of these lines, and what it means. */
function madeBy(lines: (instance: string) => AccessLines) {
  return fc.oneof(
    fc.record({ r: anyConnection, s: shown, instance: anyText }).map(({ r, s, instance }) => ({
      line: lines(instance).ofConnection(r, s),
      meaning: connectionMeaning(r, s, instance),
    })),
    fc.record({ r: anyRequest, s: shown, instance: anyText }).map(({ r, s, instance }) => ({
      line: lines(instance).ofRequest(r, s),
      meaning: requestMeaning(r, s, instance),
    })),
  );
}

describe("access lines (properties)", () => {
  it("any record survives the JSON line, in the order of its fields, on one printable line", () => {
    fc.assert(
      fc.property(madeBy(createJsonLines), ({ line, meaning }) => {
        expect(line).to.match(PRINTABLE);
        expect(line).to.equal(Buffer.from(line).toString());
        expect(JSON.parse(line)).to.deep.equal(meaning);
        expect(Object.keys(JSON.parse(line))).to.deep.equal(Object.keys(meaning));
      }),
      { numRuns: 1000 },
    );
  });

  it("any record survives the logfmt line", () => {
    fc.assert(
      fc.property(madeBy(createLogfmtLines), ({ line, meaning }) => {
        expect(line).to.match(PRINTABLE);
        const pair = /([a-z_]+)=("(?:[^"\\]|\\.)*"|\S*)(?: |$)/uy;
        const read: Record<string, string> = {};
        for (let m = pair.exec(line); m !== null; m = pair.exec(line)) {
          const [, name = "", value = ""] = m;
          read[name] = value.startsWith('"') ? JSON.parse(value) : value;
          if (pair.lastIndex === line.length) break;
        }
        const expected = Object.entries(meaning)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [name, String(value)]);
        expect(Object.entries(read)).to.deep.equal(expected);
      }),
      { numRuns: 600 },
    );
  });

  it("any connection gives the columns of tcplog, or those of a bad request, or has no line", () => {
    const start = /^\S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] [!-~]+ [!-~]+\/[!-~]+ /.source;
    const end = / (\d+\/){4}\+?\d+ 0\/0/.source;
    const tcpLine = new RegExp(`${start}(-?\\d+/){2}-?\\d+ \\d+ \\S\\S${end}$`);
    const badLine = new RegExp(`${start}(-1/){4}-?\\d+ -1 \\d+ - - \\S\\S--${end} "<BADREQ>"$`);
    fc.assert(
      fc.property(anyConnection, (r) => {
        const { covers, ofConnection } = createHaproxyLines();
        const line = ofConnection(r, { clientAddress: "192.0.2.1", key: "", sample: undefined });
        expect(covers(r)).to.equal(r.mode === "tcp" || (r.requests === 0 && r.state !== "--"));
        expect(line).to.match(r.mode === "tcp" ? tcpLine : badLine);
      }),
      { numRuns: 300 },
    );
  });

  it("any request gives the columns of httplog, and its request line can be read back", () => {
    const columns =
      /^\S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] [!-~]+ [!-~]+\/[!-~]+ (?:-?\d+\/){4}-?\d+ -?\d+ \d+ - - \S{4} (?:\d+\/){4}\+?\d+ 0\/0 "(?:<BADREQ>|([!-~]+) ([!-~]+) HTTP\/1\.\d)"$/;
    const unescaped = (text: string): string =>
      text.replace(/#([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    fc.assert(
      fc.property(anyRequest, (r) => {
        const line = createHaproxyLines().ofRequest(r, { clientAddress: "192.0.2.1", key: "", sample: undefined });
        expect(line).to.match(columns);
        const [, method, target] = columns.exec(line) ?? [];
        const isWhole = r.method !== "" && r.target !== "";
        expect(method && unescaped(method)).to.equal(isWhole ? r.method : undefined);
        expect(target && unescaped(target)).to.equal(isWhole ? r.target : undefined);
      }),
      { numRuns: 500 },
    );
  });
});
