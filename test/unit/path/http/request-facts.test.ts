import { expect } from "chai";
import { DEFAULT_REQUEST_HEAD_LIMITS } from "../../../../src/http/message-limits.ts";
import { RequestScanner } from "../../../../src/http/request-scanner.ts";
import { type RequestFacts, requestFacts } from "../../../../src/path/http/request-facts.ts";
import { latin1 } from "../../../support/http-messages.ts";
import { requestOf } from "../../../support/http-world.ts";

function factsOf(text: string, isRecorded = true): RequestFacts {
  const bytes = latin1(text);
  const scanner = new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS);
  expect(scanner.scan(bytes, 0, bytes.length)).to.equal("head");
  const facts = requestFacts(scanner.head, isRecorded);
  bytes.fill(0);
  return facts;
}

describe("requestFacts", () => {
  it("outlive the bytes of the head", () => {
    expect(factsOf(requestOf("POST /cart?n=1", ["Content-Length: 3", "Connection: close"]))).to.deep.equal({
      ...{ method: "POST", target: "/cart?n=1", minorVersion: 1, isHead: false, idempotent: false },
      ...{ framing: "length", contentLength: 3, keepAlive: false, upgrade: false },
    });
    expect(factsOf(requestOf("HEAD /"))).to.deep.include({ isHead: true, idempotent: true, keepAlive: true });
  });

  it("name a method that we do not know as it came, and the beginning of a long one", () => {
    expect(factsOf(requestOf("brew /pot"))).to.deep.include({ method: "brew", idempotent: false });
    const long = `${"a".repeat(63)}bc`;
    expect(factsOf(requestOf(`${long} /`)).method).to.equal(`${"a".repeat(63)}b`);
  });

  it("hold the beginning of a long target", () => {
    expect(factsOf(requestOf(`GET /${"a".repeat(2046)}bc`)).target).to.equal(`/${"a".repeat(2046)}b`);
  });

  it("hold no copy of method and target when nobody wants a record", () => {
    const unrecorded = factsOf(requestOf("brew /pot", ["Upgrade: x", "Connection: upgrade"]), false);
    expect(unrecorded).to.deep.include({ method: "", target: "", idempotent: false, framing: "none" });
  });
});
