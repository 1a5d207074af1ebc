import { expect } from "chai";
import fc from "fast-check";
import { HeadEdits } from "../../src/http/head-edits.ts";
import { HeadWriter } from "../../src/http/head-writer.ts";
import { DEFAULT_REQUEST_HEAD_LIMITS, DEFAULT_RESPONSE_HEAD_LIMITS } from "../../src/http/message-limits.ts";
import { RequestScanner } from "../../src/http/request-scanner.ts";
import { ResponseScanner } from "../../src/http/response-scanner.ts";
import { type Field, fieldValue, mutated, requestHead, responseHead, token } from "../support/http-arbitraries.ts";
import { latin1, type ReadHead, requestReader, responseReader } from "../support/http-messages.ts";

interface Edit {
  readonly kind: "keep" | "remove" | "replace";
  readonly value: string;
}

const edits = fc.array(
  fc.record({ kind: fc.constantFrom<Edit["kind"]>("keep", "keep", "remove", "replace"), value: fieldValue }),
  { maxLength: 14 },
);
const added = fc.array(fc.record({ name: token.map((name) => `y${name}`), value: fieldValue }), { maxLength: 3 });

const FRAMING = new Set(["content-length", "transfer-encoding"]);
const CONNECTION = new Set(["connection", "te", "upgrade"]);
const isOurs = ({ name }: Field): boolean => FRAMING.has(name.toLowerCase()) || CONNECTION.has(name.toLowerCase());

/** The fields that have to arrive: those that travel, edited, without what is said anew, and then the added ones. */
function expectedFields(read: ReadHead, changes: readonly Edit[], extra: readonly Field[]): Field[] {
  const kept = read.fields.flatMap(({ name, value, hopByHop }, row) => {
    const edit = changes[row];
    if (hopByHop || isOurs({ name, value }) || edit?.kind === "remove") return [];
    return [{ name, value: edit?.kind === "replace" ? edit.value : value }];
  });
  return [...kept, ...extra];
}

function applied(changes: readonly Edit[], extra: readonly Field[], rows: number): HeadEdits {
  const target = new HeadEdits(rows);
  for (const [row, { kind, value }] of changes.entries()) {
    if (row >= rows) break;
    if (kind === "remove") target.remove(row);
    if (kind === "replace") target.replaceValue(row, latin1(value));
  }
  for (const { name, value } of extra) target.addField(name, value);
  return target;
}

const plain = (fields: readonly Field[]): Field[] =>
  fields.filter((field) => !isOurs(field)).map(({ name, value }) => ({ name, value }));

function headOf(read: ReturnType<ReturnType<typeof requestReader>["whole"]>): ReadHead {
  if (read === "more" || !("kind" in read)) throw new Error(`no head: ${JSON.stringify(read)}`);
  return read;
}

describe("rewritten heads", () => {
  const writer = new HeadWriter();

  it("of requests, read again, say the same: method, target, framing, and the fields that travel", () => {
    const scanner = new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS);
    const as = { upgrade: true, trailers: true, close: false, fallbackHost: () => "fallback" };
    const anyHead = fc.oneof(
      requestHead().map(({ text }) => text),
      requestHead().chain(({ text }) => mutated(text)),
    );
    let rewritten = 0;
    fc.assert(
      fc.property(anyHead, edits, added, (text, changes, extra) => {
        const bytes = latin1(text);
        scanner.reset();
        if (scanner.scan(bytes, 0, bytes.length) !== "head") return;
        rewritten++;
        const before = headOf(requestReader().whole(bytes));
        const isHost = (row: number): boolean => before.fields[row]?.name.toLowerCase() === "host";
        // Host is not for edits here: without it, or with another one, the second reading would rightly refuse.
        const allowed = changes.map((edit, row) => (isHost(row) ? ({ kind: "keep", value: "" } as const) : edit));
        const written = writer.request(scanner.head, applied(allowed, extra, before.fields.length), as);
        const after = headOf(requestReader().whole(latin1(written)));
        for (const name of ["method", "target", "framing", "contentLength", "upgrade", "acceptsTrailers"]) {
          if (name === "acceptsTrailers" && before["upgrade"] !== undefined) continue;
          expect(after[name], name).to.deep.equal(before[name]);
        }
        expect([after.length, after["minorVersion"], after["keepAlive"]]).to.deep.equal([written.length, 1, true]);
        const wanted = expectedFields(before, allowed, extra);
        const withoutHost = (fields: readonly Field[]): Field[] =>
          fields.filter(({ name }) => name.toLowerCase() !== "host");
        expect(plain(withoutHost(after.fields))).to.deep.equal(withoutHost(wanted));
        expect(after["host"]).to.equal(
          before["minorVersion"] === 0 && before["host"] === "" ? after["host"] : before["host"],
        );
      }),
      { numRuns: 2000 },
    );
    expect(rewritten).to.be.greaterThan(800);
  });

  it("of responses, read again, say the same: status, reason, framing, and the fields that travel", () => {
    const asked = { head: false, connect: false, upgrade: false };
    const scanner = new ResponseScanner(DEFAULT_RESPONSE_HEAD_LIMITS);
    fc.assert(
      fc.property(responseHead, edits, added, fc.boolean(), ({ text }, changes, extra, head) => {
        const bytes = latin1(text);
        scanner.asked = { ...asked, head };
        expect(scanner.scan(bytes, 0, bytes.length)).to.equal("head");
        const before = headOf(responseReader({ head }).whole(bytes));
        const as = { framing: scanner.head.framing, connection: "close", clientMinorVersion: 1 } as const;
        const written = writer.response(scanner.head, applied(changes, extra, before.fields.length), as);
        const after = headOf(responseReader({ head }).whole(latin1(written)));
        expect(after.length).to.equal(written.length);
        for (const name of ["status", "reason", "framing", "interim"]) expect(after[name], name).to.equal(before[name]);
        if (before["status"] !== 204) expect(after["contentLength"]).to.equal(before["contentLength"]);
        expect(after["keepAlive"]).to.equal(false);
        expect(plain(after.fields)).to.deep.equal(expectedFields(before, changes, extra));
      }),
      { numRuns: 1500 },
    );
  });
});
