import { expect } from "chai";
import type { RefusalCode } from "../../../src/http/refusal.ts";
import type { Asked } from "../../../src/http/response-head.ts";
import { readEverywhere, responseReader, shown } from "../../support/http-messages.ts";

const read = (text: string, asked: Partial<Asked> = {}) => readEverywhere(responseReader(asked), text);
const response = (status: string, ...fields: readonly string[]): string =>
  [`HTTP/1.1 ${status}`, ...fields, "", ""].join("\r\n");
const CHUNKED = "Transfer-Encoding: chunked";

describe("response head", () => {
  describe("framing, in the order of RFC 9112, section 6.3", () => {
    const rows: readonly (readonly [text: string, asked: Partial<Asked>, framing: string])[] = [
      [response("200 OK"), {}, "until-close"],
      [response("200 OK", "Content-Length: 0"), {}, "length"],
      [response("200 OK", "Content-Length: 12"), {}, "length"],
      [response("200 OK", CHUNKED), {}, "chunked"],
      [response("404 Not Found", CHUNKED), {}, "chunked"],
      [response("200 OK", "Content-Length: 12"), { head: true }, "none"],
      [response("200 OK", CHUNKED), { head: true }, "none"],
      [response("200 OK"), { head: true }, "none"],
      [response("204 No Content", "Content-Length: 12"), {}, "none"],
      [response("304 Not Modified", CHUNKED), {}, "none"],
      [response("100 Continue", "Content-Length: 12"), {}, "none"],
      [response("103 Early Hints", "Link: x"), {}, "none"],
      [response("199 x"), {}, "none"],
      [response("205 Reset", "Content-Length: 0"), {}, "length"],
      [response("101 Switching Protocols", "Upgrade: x"), { upgrade: true }, "tunnel"],
      [response("200 OK", "Content-Length: 12"), { connect: true }, "tunnel"],
      [response("404 No", "Content-Length: 12"), { connect: true }, "length"],
      [response("999 Odd", "Content-Length: 1"), {}, "length"],
    ];
    for (const [text, asked, framing] of rows) {
      it(`${framing}: ${shown(text)} ${JSON.stringify(asked)}`, () => {
        expect(read(text, asked)).to.include({ kind: "head", framing });
      });
    }
  });

  it("keeps apart interim responses and the last one", () => {
    const interim = (status: string, asked: Partial<Asked> = {}) => read(response(status), asked);
    expect(interim("100 Continue")).to.include({ interim: true });
    expect(interim("103 Early Hints")).to.include({ interim: true });
    expect(interim("199 x")).to.include({ interim: true });
    expect(interim("101 x", { upgrade: true })).to.include({ interim: false });
    expect(interim("200 OK")).to.include({ interim: false });
  });

  describe("keeps the connection only when the end of the body is known", () => {
    const rows: readonly (readonly [text: string, keepAlive: boolean])[] = [
      [response("200 OK", "Content-Length: 1"), true],
      [response("200 OK", CHUNKED), true],
      [response("204 No Content"), true],
      [response("200 OK"), false],
      [response("200 OK", CHUNKED, "Connection: close"), false],
      [response("200 OK", CHUNKED, "Connection: keep-alive, close"), false],
      ["HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", false],
      ["HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n", true],
    ];
    for (const [text, keepAlive] of rows) {
      it(`${keepAlive}: ${shown(text)}`, () => expect(read(text)).to.include({ keepAlive }));
    }
  });

  it("reads status lines, also without reason and without the space in front of it", () => {
    expect(read("HTTP/1.1 200 \xe9 a\tb \r\nContent-Length: 0\r\n\r\n")).to.include({
      status: 200,
      reason: "\xe9 a\tb ",
    });
    expect(read("HTTP/1.1 200 \r\n\r\n")).to.include({ status: 200, reason: "" });
    expect(read("HTTP/1.1 503\r\n\r\n")).to.include({ status: 503, reason: "" });
    expect(read("HTTP/1.9 200 OK\r\n\r\n")).to.include({ minorVersion: 1 });
  });

  it("keeps what a 101 switches to", () => {
    expect(read(response("101 x", "Connection: upgrade", "Upgrade: websocket"), { upgrade: true })).to.include({
      upgrade: "websocket",
      keepAlive: false,
    });
    expect(read(response("200 OK", "Upgrade: h2c"))).to.include({ upgrade: "" });
  });

  describe("refuses with 502", () => {
    const refused: Readonly<Partial<Record<RefusalCode, readonly string[]>>> = {
      "status-line": [
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/0.9 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        response("000 x"),
        response("099 x"),
        response("20 OK"),
        response("2000 OK"),
        response("2x0 OK"),
        response("200\tOK"),
        response("200 a\x01"),
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "<html>",
        "\x15\x03\x01\x00\x02",
      ],
      nul: [response("200 \0"), response("200 OK", "X: a\0")],
      "bare-lf": ["HTTP/1.1 200 OK\n\n", "HTTP/1.1 200\n\n", response("200 OK", "X: 1\nY: 2")],
      "bare-cr": ["HTTP/1.1 200 OK\rX\n", response("200 OK", "X: 1\rY: 2"), "HTTP/1.1 200\r\r\n\r\n"],
      "end-of-head": ["HTTP/1.1 200 OK\r\n\rX"],
      "obs-fold": [response("200 OK", "X: 1", " 2")],
      "field-name": [response("200 OK", "X : 1"), response("200 OK", ": 1")],
      "field-value": [response("200 OK", "X: \x7f")],
      connection: [response("200 OK", "Connection: a b")],
      "content-length": ["+1", "0x1", "", "1, 1", "1 1", "1.0"].map((value) =>
        response("200 OK", `Content-Length: ${value}`),
      ),
      "content-length-too-large": ["18446744073709551618", "9007199254740992"].map((value) =>
        response("200 OK", `Content-Length: ${value}`),
      ),
      "content-length-repeated": [
        response("200 OK", "Content-Length: 1", "Content-Length: 2"),
        response("304 x", "Content-Length: 1", "Content-Length: 2"),
      ],
      "transfer-encoding": ["", "chunked,", "gzip", "chunked, chunked"].map((value) =>
        response("200 OK", `Transfer-Encoding: ${value}`),
      ),
      "transfer-coding-unknown": [response("200 OK", "Transfer-Encoding: gzip, chunked")],
      "transfer-encoding-repeated": [response("200 OK", CHUNKED, "Transfer-Encoding:")],
      "transfer-encoding-and-length": [response("200 OK", CHUNKED, "Content-Length: 1")],
      "transfer-encoding-in-1.0": [`HTTP/1.0 200 OK\r\n${CHUNKED}\r\n\r\n`],
      "unasked-upgrade": [response("101 Switching Protocols", "Connection: upgrade", "Upgrade: websocket")],
    };
    for (const [code, texts] of Object.entries(refused)) {
      for (const text of texts) {
        it(`${code}: ${shown(text)}`, () => expect(read(text)).to.deep.equal({ status: 502, code }));
      }
    }
  });
});
