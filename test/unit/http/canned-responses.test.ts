import { expect } from "chai";
import {
  answerTo,
  buildCannedResponses,
  CANNED_KINDS,
  type CannedResponse,
} from "../../../src/http/canned-responses.ts";
import { REFUSAL_CODES, refusal } from "../../../src/http/refusal.ts";

const responses = buildCannedResponses();

interface Parts {
  readonly start: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Takes a response apart, strictly: CRLF only, no field twice. */
function parts(bytes: Buffer): Parts {
  const text = bytes.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  expect(end, text).to.be.greaterThan(0);
  const [start = "", ...lines] = text.slice(0, end).split("\r\n");
  const fields = new Map(lines.map((line) => /^([A-Za-z-]+): (\S.*)$/.exec(line)?.slice(1, 3) as [string, string]));
  expect(fields.size).to.equal(lines.length);
  expect(text.slice(0, end).replaceAll("\r\n", "")).to.match(/^[\x20-\x7e]+$/);
  return { start, fields, body: text.slice(end + 4) };
}

function response(kind: (typeof CANNED_KINDS)[number]): CannedResponse {
  const found = responses.get(kind);
  if (found === undefined) throw new Error(`no answer for ${kind}`);
  return found;
}

describe("canned responses", () => {
  for (const kind of CANNED_KINDS) {
    it(`are complete: ${kind}`, () => {
      const { status, closing, closingHead, keeping, keepingHead } = response(kind);
      const whole = parts(closing);
      expect(whole.start).to.match(new RegExp(`^HTTP/1\\.1 ${status} [A-Z][A-Za-z ]+$`));
      expect(whole.fields.get("Content-Length")).to.equal(String(whole.body.length));
      expect(whole.fields.get("Connection")).to.equal("close");
      expect(whole.fields.get("Cache-Control")).to.equal("no-store");
      expect(whole.body).to.match(/^[\x20-\x7e]+\n$/);
      expect(whole.body).to.match(new RegExp(`^${whole.start.slice(9)}: `));

      const open = parts(keeping);
      expect(open.fields.has("Connection")).to.equal(false);
      expect([...open.fields]).to.deep.equal([...whole.fields].filter(([name]) => name !== "Connection"));
      expect(open.body).to.equal(whole.body);

      for (const [head, full] of [
        [closingHead, closing],
        [keepingHead, keeping],
      ] as const) {
        expect(parts(head).body).to.equal("");
        expect(full.subarray(0, head.length).equals(head)).to.equal(true);
      }
    });
  }

  it("say which methods there are when one is refused", () => {
    expect(parts(response("method-not-allowed").closing).fields.get("Allow")).to.match(/^GET, HEAD, POST,/);
    expect(parts(response("bad-request").closing).fields.has("Allow")).to.equal(false);
  });

  it("help those who speak another protocol", () => {
    for (const kind of ["http2-preface", "tls-hello"] as const)
      expect(parts(response(kind).closing).body).to.contain("this port speaks HTTP/1.1 without TLS; use MODE=tcp");
  });

  it("answer every refusal with its own status, and never a request with another protocol's hint", () => {
    expect(REFUSAL_CODES.length).to.be.greaterThan(20);
    for (const code of REFUSAL_CODES) {
      const asRequest = refusal("request", code);
      const kind = answerTo(asRequest);
      expect(response(kind).status, code).to.equal(asRequest.status);
      const hint = parts(response(kind).closing).body.includes("MODE=tcp");
      expect(hint, code).to.equal(code === "http2-preface" || code === "tls-hello");
    }
    expect(answerTo(refusal("response", "chunk-size"))).to.equal("bad-gateway");
  });
});
