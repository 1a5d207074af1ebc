import { spawnSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import type { RequestRecord } from "../../src/model/request-record.ts";
import { createHaproxyLines } from "../../src/observe/access-line-haproxy.ts";
import { anyConnection, anyRequest } from "../support/record-arbitraries.ts";
import { requireProgram } from "../support/require-program.ts";
import { runs } from "../support/runs.ts";

/** halog expects the five fields of syslog first; a line of ours, and a raw one of HAProxy, begins with the client. */
const NO_SYSLOG = ["-s", "-4"];
/** halog counts in 32 bits. */
const MOST = 1e6;

/** As they come from the data path: a client has an address or, on a unix socket, none; the steps are within the total. */
const likely = {
  address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("")),
  bytesOut: fc.nat(MOST),
  steps: fc.array(fc.oneof(fc.constant(-1), fc.double({ min: 0, max: MOST / 8, noNaN: true })), {
    ...{ minLength: 4, maxLength: 4 },
  }),
  restMs: fc.double({ min: 0, max: MOST / 8, noNaN: true }),
};

const request: fc.Arbitrary<Entry> = fc
  .record({ r: anyRequest, ...likely })
  .map(({ r, address, bytesOut, steps: [headMs = -1, queueMs = -1, connectMs = -1, responseMs = -1], restMs }) => {
    const totalMs = [headMs, queueMs, connectMs, responseMs, restMs].reduce((sum, ms) => sum + Math.max(0, ms), 0);
    const record = {
      ...r,
      client: { ...r.client, address },
      bytesOut,
      headMs,
      queueMs,
      connectMs,
      responseMs,
      totalMs,
    };
    return { kind: "request", record };
  });
/** A connection of http mode that ended before its first request. */
const silence: fc.Arbitrary<Entry> = fc
  .record({ r: anyConnection, ...likely, state: fc.constantFrom("CR", "cR", "PR", "KR") })
  .map(({ r, address, bytesOut, restMs, state }) => ({
    kind: "silence",
    record: {
      ...{ ...r, mode: "http", requests: 0, phase: "request", state, backend: undefined, bytesOut, totalMs: restMs },
      client: { ...r.client, address },
    },
  }));

type Entry =
  | { readonly kind: "request"; readonly record: RequestRecord }
  | { readonly kind: "silence"; readonly record: ConnectionRecord };

const lines = createHaproxyLines();

function lineOf(entry: Entry): string {
  const shown = { clientAddress: entry.record.client.address, key: "", sample: undefined };
  return entry.kind === "request" ? lines.ofRequest(entry.record, shown) : lines.ofConnection(entry.record, shown);
}

/** How often each text comes. */
function tally(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

/** The same of a table of halog's, whose rows say how often in one column and what in another. */
function tableOf(rows: readonly string[], what: number, howOften: number): Record<string, number> {
  return Object.fromEntries(
    rows
      .filter((row) => !/^#(req|srv_name) /.test(row))
      .map((row) => row.split(" "))
      .map((cells) => [cells.at(what) ?? "", Number(cells.at(howOften))]),
  );
}

function escaped(text: string, encoding: "utf8" | "latin1"): string {
  let result = "";
  for (const byte of Buffer.from(text, encoding)) {
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x23;
    result += isPlain ? String.fromCharCode(byte) : `#${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return result;
}

function nameText(name: string): string {
  return name === "" ? "-" : escaped(name, "utf8");
}

function statusOf(entry: Entry): number {
  return entry.kind === "request" ? entry.record.status : -1;
}

function lettersOf(entry: Entry): string {
  return entry.kind === "request" ? entry.record.state : `${entry.record.state}--`;
}

function serverOf({ record }: Entry): string {
  const { backend, phase, listener } = record;
  const isEarly = backend === undefined && ["accept", "identify", "request"].includes(phase);
  const server = backend === undefined ? "<NOSRV>" : nameText(backend);
  return `${isEarly ? nameText(listener) : "lengket"}/${server}`;
}

/** halog cuts a URL at `?` and at `;`. */
function urlOf(entry: Entry): string {
  if (entry.kind === "silence" || entry.record.method === "" || entry.record.target === "") return '"<BADREQ>"';
  return escaped(entry.record.target, "latin1").replace(/[?;].*$/, "");
}

function sourceOf({ record }: Entry): string {
  return record.client.address === "" ? "unix" : record.client.address;
}

describe("access log in HAProxy's format, read by halog", function () {
  this.timeout(60_000);
  let program = "";
  before(function () {
    program = requireProgram(this, "halog");
  });

  /** halog's output; it must have read all lines without complaint. */
  function halog(entries: readonly Entry[], ...options: readonly string[]): string[] {
    const { stdout, stderr, status } = spawnSync(program, [...NO_SYSLOG, ...options], {
      ...{ input: entries.map((entry) => `${lineOf(entry)}\n`).join(""), encoding: "latin1", timeout: 10_000 },
    });
    expect(status).to.equal(0);
    // With -c it says nothing but the number.
    if (!options.includes("-c")) {
      const [summary, ...complaints] = stderr.trimEnd().split("\n").reverse();
      expect(complaints).to.deep.equal([]);
      expect(summary).to.match(new RegExp(`^${entries.length} lines in, \\d+ lines out, 0 parsing errors$`));
    }
    return stdout.split("\n").slice(0, -1);
  }

  function check(property: (entries: readonly Entry[]) => void): void {
    const entry = fc.oneof({ weight: 5, arbitrary: request }, silence);
    fc.assert(fc.property(fc.array(entry, { minLength: 1, maxLength: 200 }), property), { numRuns: runs(20) });
  }

  it("counts every status", () => {
    check((entries) => {
      const expected = tally(entries.map((entry) => String(statusOf(entry))));
      expect(tableOf(halog(entries, "-st"), 0, 1)).to.deep.equal(expected);
    });
  });

  it("counts termination states and cookie states", () => {
    check((entries) => {
      const letters = entries.map(lettersOf);
      expect(tableOf(halog(entries, "-tc"), 0, 1)).to.deep.equal(tally(letters.map((text) => text.slice(0, 2))));
      expect(tableOf(halog(entries, "-cc"), 0, 1)).to.deep.equal(tally(letters.map((text) => text.slice(2))));
    });
  });

  it("counts the requests of each server, by class of status", () => {
    check((entries) => {
      const rows = halog(entries, "-srv");
      expect(tableOf(rows, 0, 7)).to.deep.equal(tally(entries.map(serverOf)));
      for (const statusClass of [1, 2, 3, 4, 5]) {
        const those = entries.filter((entry) => Math.floor(statusOf(entry) / 100) === statusClass);
        const counted = Object.entries(tableOf(rows, 0, statusClass)).filter(([, count]) => count > 0);
        expect(Object.fromEntries(counted), `${statusClass}xx`).to.deep.equal(tally(those.map(serverOf)));
      }
    });
  });

  it("counts the requests for each URL, whatever bytes it is made of", () => {
    check((entries) => {
      expect(tableOf(halog(entries, "-u"), -1, 0)).to.deep.equal(tally(entries.map(urlOf)));
    });
  });

  it("counts the requests and bytes of each client", () => {
    check((entries) => {
      const rows = halog(entries, "-ic");
      expect(tableOf(rows, -1, 0)).to.deep.equal(tally(entries.map(sourceOf)));
      const bytes: Record<string, number> = {};
      for (const entry of entries) {
        const source = sourceOf(entry);
        bytes[source] = (bytes[source] ?? 0) + entry.record.bytesOut;
      }
      expect(tableOf(rows, -1, 7)).to.deep.equal(bytes);
    });
  });

  it("takes every line for one of HTTP, reads its timers, and finds the errors", () => {
    check((entries) => {
      expect(halog(entries, "-H", "-c")).to.deep.equal([String(entries.length)]);
      const failed = entries.filter((entry) => statusOf(entry) < 0 || Math.floor(statusOf(entry) / 100) === 5);
      expect(halog(entries, "-e", "-c")).to.deep.equal([String(failed.length)]);
      const answered = entries.filter(({ kind, record }) => kind === "request" && record.responseMs >= 0);
      expect(halog(entries, "-rt", "0", "-c")).to.deep.equal([String(answered.length)]);
      const whole = answered.filter(
        ({ record: r }) => "headMs" in r && Math.min(r.headMs, r.queueMs, r.connectMs) >= 0,
      );
      expect(halog(entries, "-pct").length > 0, "percentiles of what came through").to.equal(whole.length > 0);
    });
  });

  it("would complain of a line that is not whole", () => {
    const whole = lineOf({ kind: "request", record: fc.sample(anyRequest, { numRuns: 1, seed: 1 })[0] ?? raise() });
    const cut = spawnSync(program, [...NO_SYSLOG, "-srv"], {
      ...{ input: `${whole.slice(0, whole.indexOf("]") + 8)}\n`, encoding: "latin1", timeout: 10_000 },
    });
    expect(cut.stderr).to.match(/Truncated line 1|[1-9] parsing errors/);
  });
});

function raise(): never {
  throw new Error("no sample");
}
