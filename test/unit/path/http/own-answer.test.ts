import { expect } from "chai";
import type { Cause } from "../../../../src/model/connection-record.ts";
import { answerFor } from "../../../../src/path/http/own-answer.ts";

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
