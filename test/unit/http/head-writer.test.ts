import { expect } from "chai";
import { FieldLines, HeadEdits } from "../../../src/http/head-edits.ts";
import { HeadWriter, type RequestOut, type ResponseOut } from "../../../src/http/head-writer.ts";
import { DEFAULT_REQUEST_HEAD_LIMITS, DEFAULT_RESPONSE_HEAD_LIMITS } from "../../../src/http/message-limits.ts";
import { RequestScanner } from "../../../src/http/request-scanner.ts";
import type { Asked } from "../../../src/http/response-head.ts";
import { ResponseScanner } from "../../../src/http/response-scanner.ts";
import { InvariantError } from "../../../src/model/failure.ts";
import { latin1 } from "../../support/http-messages.ts";

const writer = new HeadWriter();
const unedited = (_: HeadEdits): void => {};
const text = (...lines: readonly string[]): string => [...lines, "", ""].join("\r\n");

function request(message: string, out: Partial<RequestOut> = {}, edit = unedited): string {
  const scanner = new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS);
  const bytes = latin1(message);
  expect(scanner.scan(bytes, 0, bytes.length)).to.equal("head");
  const edits = new HeadEdits(100);
  edit(edits);
  const as = { upgrade: true, trailers: false, close: false, fallbackHost: () => "fallback:80", ...out };
  return writer.request(scanner.head, edits, as);
}

function response(
  message: string,
  out: Partial<ResponseOut> = {},
  asked: Partial<Asked> = {},
  edit = unedited,
): string {
  const scanner = new ResponseScanner(DEFAULT_RESPONSE_HEAD_LIMITS);
  scanner.asked = { head: false, connect: false, upgrade: false, ...asked };
  const bytes = latin1(message);
  expect(scanner.scan(bytes, 0, bytes.length)).to.equal("head");
  const edits = new HeadEdits(200);
  edit(edits);
  const as = { framing: scanner.head.framing, connection: "none" as const, clientMinorVersion: 1, ...out };
  const written = writer.response(scanner.head, edits, as);
  if (writer.isVerbatim(scanner.head, edits, as)) expect(written).to.equal(message);
  return written;
}

describe("head writer: requests", () => {
  it("passes an ordinary head on byte for byte", () => {
    const message = text("PaTcH //a/../b%zz?x HTTP/1.1", "hOST:\ta ", "X-A:  \xe9 ", "X-A:", "Cookie: a=1");
    expect(request(message)).to.equal(message);
    expect(request(message, { upgrade: false, trailers: true })).to.equal(message);
  });

  it("drops empty lines ahead and everything that means one connection only", () => {
    const fields = ["Connection: keep-alive, x-b", "Keep-Alive: 1", "X-B: 1", "Proxy-Connection: x", "TE: gzip"];
    expect(request(`\r\n${text("GET / HTTP/1.1", "Host: a", ...fields, "X-C: 1", "HTTP2-Settings: x")}`)).to.equal(
      text("GET / HTTP/1.1", "Host: a", "X-C: 1"),
    );
    expect(request(text("GET / HTTP/1.1", "Connection: close", "Host: a"))).to.equal(text("GET / HTTP/1.1", "Host: a"));
  });

  it("always speaks HTTP/1.1, with a Host", () => {
    expect(request("GET / HTTP/1.0\r\n\r\n")).to.equal(text("GET / HTTP/1.1", "Host: fallback:80"));
    expect(request(text("GET / HTTP/1.0", "Host: a", "X: 1"))).to.equal(text("GET / HTTP/1.1", "Host: a", "X: 1"));
    expect(request(text("GET / HTTP/1.7", "Host: a"))).to.equal(text("GET / HTTP/1.1", "Host: a"));
    expect(request(text("GET / HTTP/1.1", "Host:"))).to.equal(text("GET / HTTP/1.1", "Host:"));
  });

  it("gives an absolute-form target the Host that it names, and leaves it as it is", () => {
    expect(request(text("GET http://b:8/x HTTP/1.1", "X: 1", "Host: a", "Y: 2"))).to.equal(
      text("GET http://b:8/x HTTP/1.1", "Host: b:8", "X: 1", "Y: 2"),
    );
    expect(request("GET http://b HTTP/1.0\r\n\r\n")).to.equal(text("GET http://b HTTP/1.1", "Host: b"));
  });

  it("leaves a plain Content-Length where it is", () => {
    for (const field of ["Content-Length: 0", "content-LENGTH: 10", "Content-Length: 9007199254740991"]) {
      const message = text("POST / HTTP/1.1", "Host: a", field, "X: 1");
      expect(request(message)).to.equal(message);
    }
  });

  it("says any other length of the body in its own words", () => {
    const post = (field: string): string => text("POST / HTTP/1.1", "Host: a", field, "X: 1");
    const written = (field: string): string => text("POST / HTTP/1.1", "Host: a", "X: 1", field);
    expect(request(post("content-length:\t0007 "))).to.equal(written("Content-Length: 7"));
    expect(request(post("Content-Length: 07"))).to.equal(written("Content-Length: 7"));
    expect(request(post("Content-Length:7"))).to.equal(written("Content-Length: 7"));
    expect(request(post("TRANSFER-encoding:CHUNKED"))).to.equal(written("Transfer-Encoding: chunked"));
  });

  it("passes on upgrades, trailers and the end of the connection only when told to", () => {
    const wish = text("GET / HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: Upgrade", "X: 1", "TE: trailers");
    const plain = ["GET / HTTP/1.1", "Host: a", "X: 1"];
    expect(request(wish)).to.equal(text(...plain, "Connection: upgrade", "Upgrade: websocket"));
    expect(request(wish, { upgrade: false })).to.equal(text(...plain));
    expect(request(wish, { upgrade: false, close: true })).to.equal(text(...plain, "Connection: close"));
    expect(request(wish, { upgrade: false, trailers: true })).to.equal(
      text(...plain, "Connection: TE", "TE: trailers"),
    );
    expect(request(wish, { upgrade: false, trailers: true, close: true })).to.equal(
      text(...plain, "Connection: close, TE", "TE: trailers"),
    );
    expect(
      request(text("GET / HTTP/1.1", "Host: a", "Connection: upgrade", "Upgrade: h2c", "HTTP2-Settings: x")),
    ).to.equal(text("GET / HTTP/1.1", "Host: a"));
  });

  it("applies edits: lines that go, that change, that come", () => {
    const message = text("GET / HTTP/1.1", "Host: a", "cookie: a=1; b=2", "X: 1", "Y: 2", "Z: 3");
    const edited = request(message, {}, (edits) => {
      edits.replaceValue(1, latin1("b=2"));
      edits.remove(2);
      edits.replaceValue(4, latin1("first"));
      edits.replaceValue(4, latin1(""));
      edits.addLines(new FieldLines([{ name: "X-Forwarded-Proto", value: "http" }]));
      edits.addField("X-Forwarded-For", "203.0.113.7\xe9");
    });
    expect(edited).to.equal(
      text(
        "GET / HTTP/1.1",
        "Host: a",
        "cookie: b=2",
        "Y: 2",
        "Z: ",
        "X-Forwarded-Proto: http",
        "X-Forwarded-For: 203.0.113.7\xe9",
      ),
    );
  });

  it("an edit does not bring back a line that must not travel", () => {
    const message = text("GET / HTTP/1.1", "Host: a", "Connection: x", "Content-Length: 3");
    const edited = request(message, {}, (edits) => {
      edits.replaceValue(1, latin1("keep-alive"));
      edits.replaceValue(2, latin1("4"));
    });
    expect(edited).to.equal(text("GET / HTTP/1.1", "Host: a", "Content-Length: 3"));
  });

  it("leaves a part of a value out", () => {
    const message = text("GET / HTTP/1.1", "Host: a", "Cookie: a=1; b=2; c=3", "X: 1");
    const at = message.indexOf("; b=2");
    const edited = request(message, {}, (edits) => edits.cut(1, { from: at, to: at + 5 }));
    expect(edited).to.equal(text("GET / HTTP/1.1", "Host: a", "Cookie: a=1; c=3", "X: 1"));
  });
});

describe("head writer: responses", () => {
  it("rebuilds the status line and keeps the fields", () => {
    expect(response(text("HTTP/1.0 200 \xc9a", "Content-Length: 1", "Set-Cookie: a", "Set-Cookie: b"))).to.equal(
      text("HTTP/1.1 200 \xc9a", "Content-Length: 1", "Set-Cookie: a", "Set-Cookie: b"),
    );
    expect(response("HTTP/1.1 503\r\n\r\n")).to.equal("HTTP/1.1 503 \r\n\r\n");
  });

  it("drops what means the backend's connection and says what the client's will do", () => {
    const message = text(
      "HTTP/1.1 200 OK",
      "Connection: close, x",
      "X: 1",
      "Keep-Alive: 5",
      "Upgrade: h2c",
      "Y: 1",
      "Content-Length: 1",
    );
    const start = ["HTTP/1.1 200 OK", "Y: 1"];
    expect(response(message)).to.equal(text(...start, "Content-Length: 1"));
    expect(response(message, { connection: "close" })).to.equal(
      text(...start, "Content-Length: 1", "Connection: close"),
    );
    expect(response(message, { connection: "keep-alive" })).to.equal(
      text(...start, "Content-Length: 1", "Connection: keep-alive"),
    );
  });

  it("frames the body as it will be sent", () => {
    expect(response("HTTP/1.1 200 OK\r\n\r\n", { framing: "chunked" })).to.equal(
      text("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"),
    );
    expect(response("HTTP/1.1 200 OK\r\n\r\n")).to.equal("HTTP/1.1 200 OK\r\n\r\n");
    const chunked = text("HTTP/1.1 200 OK", "transfer-encoding:Chunked");
    expect(response(chunked)).to.equal(text("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"));
    expect(response(chunked, { framing: "until-close", clientMinorVersion: 0 })).to.equal("HTTP/1.1 200 OK\r\n\r\n");
  });

  it("without a body, says what there would have been, where that may be said", () => {
    const sized = (status: string): string => text(`HTTP/1.1 ${status}`, "Content-Length: 12");
    const chunked = (status: string): string => text(`HTTP/1.1 ${status}`, "Transfer-Encoding: chunked");
    expect(response(sized("200 OK"), {}, { head: true })).to.equal(sized("200 OK"));
    expect(response(sized("304 x"))).to.equal(sized("304 x"));
    expect(response(chunked("200 OK"), {}, { head: true })).to.equal(chunked("200 OK"));
    expect(response(chunked("200 OK"), { clientMinorVersion: 0 }, { head: true })).to.equal("HTTP/1.1 200 OK\r\n\r\n");
    expect(response(sized("204 x"))).to.equal("HTTP/1.1 204 x\r\n\r\n");
    expect(response(chunked("204 x"))).to.equal("HTTP/1.1 204 x\r\n\r\n");
  });

  it("keeps interim responses bare and the upgrade of a 101", () => {
    const hints = text("HTTP/1.1 103 Early Hints", "Link: x", "Content-Length: 5", "Connection: close");
    expect(response(hints, { connection: "close" })).to.equal(text("HTTP/1.1 103 Early Hints", "Link: x"));
    const switching = text("HTTP/1.1 101 x", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: y");
    expect(response(switching, {}, { upgrade: true }, (edits) => edits.addField("Set-Cookie", "s=1"))).to.equal(
      text("HTTP/1.1 101 x", "Sec-WebSocket-Accept: y", "Connection: upgrade", "Upgrade: websocket", "Set-Cookie: s=1"),
    );
    expect(response("HTTP/1.1 101 x\r\n\r\n", {}, { upgrade: true })).to.equal("HTTP/1.1 101 x\r\n\r\n");
  });
});

describe("head edits", () => {
  it("take nothing that the scanner would refuse", () => {
    const edits = new HeadEdits(10);
    for (const value of ["a\rb", "a\nb", "\0", "\x7f", "a\r\n"]) {
      expect(() => edits.replaceValue(0, latin1(value)), value).to.throw(InvariantError);
      expect(() => edits.addField("X", value), value).to.throw(InvariantError);
    }
    for (const name of ["", "X Y", "X:", "\xe9", "X\r\n"]) {
      expect(() => edits.addField(name, "1"), name).to.throw(InvariantError);
      expect(() => new FieldLines([{ name, value: "1" }]), name).to.throw(InvariantError);
    }
    expect(edits.added).to.equal("");
    expect(edits.isEmpty).to.equal(true);
    expect(edits.keeps(0)).to.equal(true);
  });

  it("are gone when cleared", () => {
    const edits = new HeadEdits(10);
    edits.remove(1);
    edits.replaceValue(2, latin1("x"));
    edits.addField("X", "1");
    edits.clear();
    expect([edits.keeps(1), edits.keeps(2), edits.replacement(2), edits.added]).to.deep.equal([
      true,
      true,
      undefined,
      "",
    ]);
    expect(edits.isEmpty).to.equal(true);
  });
});
