import { expect } from "chai";
import { HeadReader } from "../../../src/http/head-reader.ts";
import { DEFAULT_REQUEST_HEAD_LIMITS, type HeadLimits } from "../../../src/http/message-limits.ts";
import { RequestScanner } from "../../../src/http/request-scanner.ts";
import { latin1, readEverywhere, requestReader, responseReader } from "../../support/http-messages.ts";

const read = (limits: Partial<HeadLimits>, text: string) => readEverywhere(requestReader(limits), text);
const readResponse = (limits: Partial<HeadLimits>, text: string) => readEverywhere(responseReader({}, limits), text);

/** A request whose line has `lineBytes` bytes and whose head has `headBytes`. */
function sized(lineBytes: number, headBytes: number): string {
  const line = `GET /${"x".repeat(lineBytes - "GET / HTTP/1.1".length)} HTTP/1.1\r\nHost: a\r\nX: `;
  return `${line}${"y".repeat(headBytes - line.length - 4)}\r\n\r\n`;
}

describe("limits of heads", () => {
  it("lets pass what RFC 9112, section 3, and the defaults promise", () => {
    expect(read({}, sized(8000, 12_000))).to.include({ kind: "head" });
    expect(read({}, `GET / HTTP/1.1\r\nHost: a\r\n${"X: 1\r\n".repeat(89)}\r\n`)).to.include({ kind: "head" });
  });

  it("414 for a request line that is one byte too long, wherever the limit falls", () => {
    const line = "GET /abc HTTP/1.1";
    const text = `${line}\r\nHost: a\r\n\r\n`;
    expect(read({ maxStartLineBytes: line.length }, text)).to.include({ kind: "head" });
    for (let max = 1; max < line.length; max++) {
      expect(read({ maxStartLineBytes: max }, text), `${max}`).to.deep.equal({
        status: 414,
        code: "request-line-too-long",
      });
    }
    expect(read({}, `GET /${"x".repeat(8192)}`)).to.deep.equal({ status: 414, code: "request-line-too-long" });
    expect(read({}, "X".repeat(9000))).to.deep.equal({ status: 414, code: "request-line-too-long" });
  });

  it("431 for a head that is one byte too large, wherever the limit falls", () => {
    const text = "GET / HTTP/1.1\r\nHost: a\r\nX:  y \r\nZ: 1\r\n\r\n";
    expect(read({ maxHeadBytes: text.length }, text)).to.include({ kind: "head" });
    for (let max = "GET / HTTP/1.1".length; max < text.length; max++) {
      expect(read({ maxHeadBytes: max }, text), `${max}`).to.deep.equal({ status: 431, code: "head-too-large" });
    }
    expect(read({}, sized(100, 16_384))).to.include({ kind: "head" });
    expect(read({}, sized(100, 16_385))).to.deep.equal({ status: 431, code: "head-too-large" });
  });

  it("does not count empty lines ahead of the request", () => {
    const text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    expect(read({ maxHeadBytes: text.length }, `\r\n\r\n\r\n\r\n${text}`)).to.include({ kind: "head" });
  });

  it("431 for a line too many, before it is complete", () => {
    const text = (fields: number): string => `GET / HTTP/1.1\r\nHost: a\r\n${"X: 1\r\n".repeat(fields - 1)}`;
    expect(read({ maxFields: 3 }, `${text(3)}\r\n`)).to.include({ kind: "head" });
    expect(read({ maxFields: 3 }, `${text(3)}Y`)).to.deep.equal({ status: 431, code: "too-many-fields" });
    expect(read({}, `${text(100)}\r\n`)).to.include({ kind: "head" });
    expect(read({}, `${text(101)}\r\n`)).to.deep.equal({ status: 431, code: "too-many-fields" });
  });

  it("502 for responses beyond the same limits", () => {
    const text = "HTTP/1.1 200 Fine\r\nX: 1\r\nY: 2\r\n\r\n";
    expect(readResponse({ maxHeadBytes: text.length, maxStartLineBytes: 17, maxFields: 2 }, text)).to.include({
      kind: "head",
    });
    for (let max = 1; max < 17; max++) {
      expect(readResponse({ maxStartLineBytes: max }, text), `${max}`).to.deep.equal({
        status: 502,
        code: "status-line-too-long",
      });
    }
    expect(readResponse({ maxHeadBytes: text.length - 1 }, text)).to.deep.equal({
      status: 502,
      code: "head-too-large",
    });
    expect(readResponse({ maxFields: 1 }, text)).to.deep.equal({ status: 502, code: "too-many-fields" });
  });
});

describe("head reader", () => {
  const reader = (): HeadReader<RequestScanner["head"]> =>
    new HeadReader(new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS));

  it("holds nothing of a head that comes in one piece, and leaves alone what follows", () => {
    const heads = reader();
    const bytes = latin1("xxGET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\n\r\nGET /3");
    expect(heads.read(bytes, 2, bytes.length)).to.equal("head");
    expect(heads.head.source).to.equal(bytes);
    expect(heads.heldBytes).to.equal(0);
    expect(heads.read(bytes, heads.next, bytes.length)).to.equal("head");
    expect(heads.head.minorVersion).to.equal(0);
    expect(heads.read(bytes, heads.next, bytes.length)).to.equal("more");
    expect(heads.heldBytes).to.equal(6);
  });

  it("gives the body back that came with the last piece of a head", () => {
    const heads = reader();
    expect(heads.read(latin1("POST / HTTP/1.1\r\nHost: a\r\nConte"), 0, 31)).to.equal("more");
    const rest = latin1("..nt-Length: 4\r\n\r\nbody");
    expect(heads.read(rest, 2, rest.length)).to.equal("head");
    expect(rest.toString("latin1", heads.next)).to.equal("body");
    expect(heads.head.contentLength).to.equal(4);
    expect(heads.heldBytes).to.equal(0);
  });

  it("holds no more than the limit of an endless head", () => {
    const heads = reader();
    const piece = latin1("X: ".padEnd(998, "y").concat("\r\n"));
    let outcome = heads.read(latin1("GET / HTTP/1.1\r\n"), 0, 16);
    for (let i = 0; i < 30 && outcome === "more"; i++) {
      outcome = heads.read(piece, 0, piece.length);
      expect(heads.heldBytes).to.be.at.most(16_384 + 9);
    }
    expect(outcome).to.deep.equal({ status: 431, code: "head-too-large" });
    expect(heads.heldBytes).to.equal(0);
  });

  it("begins anew after a refusal and after a reset", () => {
    const heads = reader();
    const good = latin1("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(heads.read(latin1("GET / HTTP/1.1\r\nbad"), 0, 19)).to.equal("more");
    heads.reset();
    expect(heads.read(good, 0, good.length)).to.equal("head");
    expect(heads.read(latin1("{"), 0, 1)).to.deep.equal({ status: 400, code: "method" });
    expect(heads.read(good, 0, good.length)).to.equal("head");
  });

  it("does not mistake empty lines for a request that has begun", () => {
    const scanner = new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS);
    expect(scanner.started).to.equal(false);
    const bytes = latin1("\r\n\r\nGE");
    expect(scanner.scan(bytes, 0, 4)).to.equal("more");
    expect(scanner.started).to.equal(false);
    expect(scanner.scan(bytes, 0, 5)).to.equal("more");
    expect(scanner.started).to.equal(true);
  });
});
