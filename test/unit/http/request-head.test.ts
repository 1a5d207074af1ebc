import { expect } from "chai";
import { isIdempotent, type Method } from "../../../src/http/methods.ts";
import { latin1, type ReadHead, readEverywhere, requestReader, shown } from "../../support/http-messages.ts";

const reader = requestReader();

function head(text: string): ReadHead {
  const read = readEverywhere(reader, text);
  if (read === "more" || !("kind" in read)) throw new Error(`no head but ${JSON.stringify(read)}`);
  return read;
}

const request = (...fields: readonly string[]): string => ["GET / HTTP/1.1", "Host: a", ...fields, "", ""].join("\r\n");
const old = (...fields: readonly string[]): string => ["GET / HTTP/1.0", ...fields, "", ""].join("\r\n");

/** Each message with what must be decided from it. */
const DECISIONS: Readonly<Record<string, readonly (readonly [text: string, expected: object])[]>> = {
  "start line": [
    [
      "PaTcH //a/../%2e?b=%zz HTTP/1.1\r\nHost: a\r\n\r\n",
      { method: "PaTcH", known: "other", target: "//a/../%2e?b=%zz", form: "origin" },
    ],
    ["DELETE /x HTTP/1.0\r\n\r\n", { method: "DELETE", known: "DELETE", minorVersion: 0, host: "" }],
    ["OPTIONS * HTTP/1.7\r\nHost: a\r\n\r\n", { known: "OPTIONS", form: "asterisk", minorVersion: 1 }],
    ["\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", { method: "GET", target: "/" }],
  ],
  host: [
    ["GET / HTTP/1.1\r\nHost: \t[::1]:80 \r\n\r\n", { host: "[::1]:80" }],
    ["GET http://b:8/x?y HTTP/1.1\r\nHost: a\r\n\r\n", { host: "b:8", form: "absolute", target: "http://b:8/x?y" }],
    ["GET HTTPS://b?y HTTP/1.0\r\n\r\n", { host: "b", form: "absolute" }],
    ["GET /x HTTP/1.1\r\nHost:\r\n\r\n", { host: "" }],
  ],
  body: [
    [request(), { framing: "none", contentLength: -1 }],
    [request("Content-Length: 007"), { framing: "length", contentLength: 7 }],
    [request("Content-Length: 0"), { framing: "length", contentLength: 0 }],
    [request("Content-Length: 9007199254740991"), { contentLength: Number.MAX_SAFE_INTEGER }],
    [request("TRANSFER-ENCODING: chunkeD"), { framing: "chunked", contentLength: -1 }],
    ["HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n", { known: "HEAD", framing: "length", contentLength: 3 }],
  ],
  "keep-alive": [
    [request(), { keepAlive: true }],
    [request("Connection: keep-alive"), { keepAlive: true }],
    [request("Connection: foo, ClOsE"), { keepAlive: false }],
    [request("Connection: close, keep-alive"), { keepAlive: false }],
    [request("Connection: keep-alive", "connection: close"), { keepAlive: false }],
    [request("Connection: not-close"), { keepAlive: true }],
    [old(), { keepAlive: false }],
    [old("Connection: Keep-Alive"), { keepAlive: true }],
    [old("Connection: keep-alive, close"), { keepAlive: false }],
    [old("Proxy-Connection: keep-alive"), { keepAlive: false }],
  ],
  expect: [
    [request("Expect: 100-Continue"), { expectContinue: true }],
    [request("Expect: 100-continue, x"), { expectContinue: false }],
    [request("Expect: 100-continue", "Expect: x"), { expectContinue: false }],
    [request("Expect: 100-continue", "Connection: expect"), { expectContinue: false }],
    [request("Expect: 200-ok"), { expectContinue: false }],
    [old("Expect: 100-continue"), { expectContinue: false }],
  ],
  upgrade: [
    [request("Upgrade: websocket", "Connection: Upgrade"), { upgrade: "websocket", webSocket: true }],
    [request("Upgrade: WebSocket ", "Connection: keep-alive, upgrade"), { upgrade: "WebSocket", webSocket: true }],
    [request("Upgrade: TLS/1.2, irc", "Connection: upgrade"), { upgrade: "TLS/1.2, irc", webSocket: false }],
    [request("Upgrade: websocket"), { upgrade: undefined, webSocket: false }],
    [request("Connection: upgrade"), { upgrade: undefined }],
    [request("Upgrade: websocket", "Upgrade: x", "Connection: upgrade"), { upgrade: undefined }],
    ...["h2c", "H2C", "h2", "websocket, h2c", "h2c/1", "HTTP/2.0", "", ",", "a b", "/1", "a/", "a/b/c"].map(
      (value) =>
        [request(`Upgrade: ${value}`, "Connection: upgrade"), { upgrade: undefined, webSocket: false }] as const,
    ),
    [old("Upgrade: websocket", "Connection: upgrade"), { upgrade: undefined, webSocket: false }],
  ],
  "TE: trailers": [
    [request("TE: trailers"), { acceptsTrailers: true }],
    [request("TE: gzip;q=0.5 , Trailers"), { acceptsTrailers: true }],
    [request("TE: gzip", "te: trailers"), { acceptsTrailers: true }],
    [request("TE: trailers;q=0"), { acceptsTrailers: false }],
    [old("TE: trailers"), { acceptsTrailers: false }],
  ],
};

describe("request head", () => {
  for (const [topic, rows] of Object.entries(DECISIONS)) {
    describe(topic, () => {
      for (const [text, expected] of rows) {
        it(`${shown(text)} → ${JSON.stringify(expected)}`, () => {
          const read = head(text);
          for (const [name, value] of Object.entries(expected)) expect(read[name], name).to.equal(value);
        });
      }
    });
  }

  it("keeps names and values byte for byte and trims blanks", () => {
    const { fields } = head("GET / HTTP/1.1\r\nhOsT: a\r\nX-B:\t b\t c \t\r\nE:\r\nU:\xe9\xff\r\n\r\n");
    expect(fields.map(({ name, value }) => [name, value])).to.deep.equal([
      ["hOsT", "a"],
      ["X-B", "b\t c"],
      ["E", ""],
      ["U", "\xe9\xff"],
    ]);
  });

  it("marks what means this connection only, nominated fields included", () => {
    const text = request(
      "Connection: X-One, keep-alive,x-two",
      "Keep-Alive: 5",
      "Proxy-Connection: x",
      "TE: gzip",
      "Upgrade: websocket",
      "HTTP2-Settings: AAMAAABk",
      "x-one: 1",
      "X-TWO: 2",
      "X-One-More: 3",
    );
    const stay = head(text).fields.filter(({ hopByHop }) => !hopByHop);
    expect(stay.map(({ name }) => name)).to.deep.equal(["Host", "X-One-More"]);
  });

  it("lets nobody nominate away what frames, routes or identifies", () => {
    const names = ["Host", "Content-Length", "Cookie", "Authorization", "X-Forwarded-For", "Forwarded", "X-Real-IP"];
    const text = request(`Connection: ${names.join(", ")}`, ...names.slice(1).map((name) => `${name}: 1`));
    const gone = head(text).fields.filter(({ hopByHop }) => hopByHop);
    expect(gone.map(({ name }) => name)).to.deep.equal(["Connection"]);
  });

  it("keeps Expect of HTTP/1.0 from the backend", () => {
    const { fields } = head(old("Expect: 100-continue", "Expect: x"));
    expect(fields.every(({ hopByHop }) => hopByHop)).to.equal(true);
  });

  it("forgets one head when it reads the next", () => {
    const full = latin1(
      "HEAD http://b/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: upgrade, close, x\r\nX: 1\r\nUpgrade: websocket\r\nExpect: 100-continue\r\nTE: trailers\r\n\r\n",
    );
    const plain = latin1(old("X: 1"));
    expect(reader.whole(full)).to.include({ webSocket: true, expectContinue: true, acceptsTrailers: true });
    expect(reader.whole(plain)).to.deep.equal(requestReader().whole(plain));
  });
});

describe("methods", () => {
  it("are safe or idempotent as RFC 9110, section 9.2, says; unknown ones are neither", () => {
    const all: readonly Method[] = [
      "GET",
      "POST",
      "HEAD",
      "PUT",
      "DELETE",
      "PATCH",
      "OPTIONS",
      "TRACE",
      "CONNECT",
      "other",
    ];
    expect(all.filter(isIdempotent)).to.deep.equal(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]);
  });
});
