import { expect } from "chai";
import { buildCannedResponses } from "../../../../src/http/canned-responses.ts";
import { refusal } from "../../../../src/http/refusal.ts";
import type { Cause } from "../../../../src/model/connection-record.ts";
import { BufferPool } from "../../../../src/path/buffer-pool.ts";
import { Flow } from "../../../../src/path/http/flow.ts";
import { answerFor, causeOfRefusal, sendOwn } from "../../../../src/path/http/own-answer.ts";
import { FakeRelaySocket } from "../../../support/fake-relay-socket.ts";
import { RecordingHandler } from "../../../support/recording-handler.ts";

const EXPECTED: readonly (readonly [Cause, string])[] = [
  // Of a backend connection that was there.
  ["backend-closed", "bad-gateway"],
  ["bad-response", "bad-gateway"],
  ["response-cut", "bad-gateway"],
  ["reset", "bad-gateway"],
  ["unreachable", "bad-gateway"],
  ["timed-out", "gateway-timeout"],
  ["response-timeout", "gateway-timeout"],
  // There was none.
  ["no-backends", "service-unavailable"],
  ["none-eligible", "service-unavailable"],
  ["home-down", "service-unavailable"],
  ["home-full", "service-unavailable"],
  ["queue-timeout", "service-unavailable"],
  ["connect-refused", "service-unavailable"],
  ["connect-reset", "service-unavailable"],
  ["connect-timeout", "service-unavailable"],
  ["connect-unreachable", "service-unavailable"],
  ["name-not-found", "service-unavailable"],
  // Taken away from outside.
  ["shutdown", "service-unavailable"],
  ["drain-deadline", "service-unavailable"],
  ["backend-went-down", "service-unavailable"],
];

describe("what a client is told in place of an answer", () => {
  for (const [cause, kind] of EXPECTED) {
    it(`${cause}: ${kind}`, () => expect(answerFor(cause, "backend")).to.equal(kind));
  }

  it("silence is the fault of whom we waited for", () => {
    expect(answerFor("idle-timeout", "client")).to.equal("request-timeout");
    expect(answerFor("idle-timeout", "backend")).to.equal("gateway-timeout");
  });
});

describe("sendOwn", () => {
  /** What a client gets of a 503. */
  function sent(isHead: boolean, keeps: boolean, line = ""): string {
    const canned = buildCannedResponses().get("service-unavailable");
    if (canned === undefined) throw new Error("no such answer");
    const client = new FakeRelaySocket(new RecordingHandler(), {});
    const flow = new Flow(new BufferPool(1024), client);
    sendOwn(flow, canned, isHead, keeps, line);
    const text = client.received.toString("latin1");
    expect(flow.bytes).to.equal(text.length);
    return text;
  }

  it("says whether the connection goes on", () => {
    expect(sent(false, true))
      .to.match(/^HTTP\/1\.1 503 /)
      .and.not.match(/\r\nConnection: close\r\n/);
    expect(sent(false, false)).to.match(/^HTTP\/1\.1 503 .*\r\nConnection: close\r\n/s);
  });

  it("has no body for HEAD, and the same head as for others", () => {
    for (const keeps of [true, false]) {
      const [whole, head] = [sent(false, keeps), sent(true, keeps)];
      expect(head).to.match(/\r\n\r\n$/);
      expect(whole.startsWith(head)).to.equal(true);
      expect(whole.length).to.be.greaterThan(head.length);
    }
  });

  it("adds a field between the status line and the other fields", () => {
    const line = "Set-Cookie: sid=; Max-Age=0\r\n";
    for (const [isHead, keeps] of [
      [false, true],
      [true, false],
    ] as const) {
      const statusLine = /^[^\r]*\r\n/.exec(sent(isHead, keeps))?.[0] ?? "?";
      expect(sent(isHead, keeps, line)).to.equal(sent(isHead, keeps).replace(statusLine, statusLine + line));
    }
  });
});

describe("the cause of a refused head", () => {
  it("tells another protocol from a bad request", () => {
    const causes = (["tls-hello", "http2-preface", "method", "host-missing"] as const).map((code) =>
      causeOfRefusal(refusal("request", code)),
    );
    expect(causes).to.deep.equal(["not-http", "not-http", "bad-request", "bad-request"]);
  });
});
