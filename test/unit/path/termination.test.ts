import { expect } from "chai";
import type { Cause, EndedBy, Phase } from "../../../src/model/connection-record.ts";
import type { Side } from "../../../src/path/relay.ts";
import { terminationLetters } from "../../../src/path/termination.ts";

type Row = readonly [Cause, EndedBy, Phase, string, Side?];

/** What HAProxy's documentation (configuration.txt, 8.5) calls these ends. */
const table: readonly Row[] = [
  ["finished", "client", "relay", "--"],
  ["finished", "backend", "relay", "--"],
  ["connection-limit", "balancer", "accept", "PR"],
  ["denied", "balancer", "identify", "PR"],
  ["client-limit", "balancer", "identify", "PR"],
  ["client-rate", "balancer", "identify", "PR"],
  ["proxy-header-missing", "balancer", "identify", "PR"],
  ["proxy-header-malformed", "balancer", "identify", "PR"],
  ["proxy-header-untrusted", "balancer", "identify", "PR"],
  ["proxy-header-timeout", "balancer", "identify", "cR"],
  ["closed-early", "client", "accept", "CR"],
  ["closed-early", "client", "identify", "CR"],
  ["closed-early", "client", "choose", "CQ"],
  ["closed-early", "client", "connect", "CC"],
  ["reset", "client", "accept", "CR"],
  ["reset", "client", "identify", "CR"],
  ["reset", "client", "choose", "CQ"],
  ["reset", "client", "connect", "CC"],
  ["reset", "client", "relay", "CD"],
  ["reset", "backend", "relay", "SD"],
  ["timed-out", "client", "relay", "CD"],
  ["timed-out", "backend", "relay", "SD"],
  ["unreachable", "client", "connect", "CC"],
  ["unreachable", "backend", "relay", "SD"],
  ["no-backends", "balancer", "choose", "SC"],
  ["none-eligible", "balancer", "choose", "SC"],
  ["home-down", "balancer", "choose", "SC"],
  ["home-full", "balancer", "choose", "PQ"],
  ["queue-timeout", "balancer", "choose", "sQ"],
  ["queue-timeout", "balancer", "connect", "sQ"],
  ["connect-refused", "backend", "connect", "SC"],
  ["connect-reset", "backend", "connect", "SC"],
  ["connect-unreachable", "backend", "connect", "SC"],
  ["name-not-found", "backend", "connect", "SC"],
  ["connect-timeout", "backend", "connect", "sC"],
  ["source-address", "balancer", "connect", "RC"],
  ["out-of-descriptors", "balancer", "connect", "RC"],
  ["out-of-memory", "balancer", "connect", "RC"],
  ["out-of-memory", "client", "relay", "RD"],
  ["idle-timeout", "balancer", "relay", "cD", "client"],
  ["idle-timeout", "balancer", "relay", "sD", "backend"],
  ["half-closed-timeout", "balancer", "relay", "cD", "client"],
  ["half-closed-timeout", "balancer", "relay", "sD", "backend"],
  ["backend-went-down", "backend", "connect", "DC"],
  ["backend-went-down", "backend", "relay", "DD"],
  ["drain-deadline", "operator", "connect", "KC"],
  ["drain-deadline", "operator", "relay", "KD"],
  ["shutdown", "operator", "accept", "KR"],
  ["shutdown", "operator", "identify", "KR"],
  ["shutdown", "operator", "choose", "KQ"],
  ["shutdown", "operator", "connect", "KC"],
  ["shutdown", "operator", "relay", "KD"],
  ["keep-alive-timeout", "balancer", "request", "--"],
  ["head-timeout", "balancer", "request", "cR"],
  ["closed-early", "client", "request", "CR"],
  ["bad-request", "balancer", "request", "PR"],
  ["bad-request", "balancer", "response", "PH"],
  ["bad-request", "balancer", "relay", "PD"],
  ["not-http", "balancer", "request", "PR"],
  ["forbidden", "balancer", "request", "PR"],
  ["cookie-refused", "balancer", "choose", "PR"],
  ["response-timeout", "balancer", "response", "sH"],
  ["backend-closed", "backend", "response", "SH"],
  ["bad-response", "backend", "response", "PH"],
  ["bad-response", "backend", "relay", "PD"],
  ["response-cut", "backend", "relay", "SD"],
  ["shutdown", "operator", "response", "KH"],
  ["unknown-error", "client", "identify", "CR"],
  ["unknown-error", "client", "relay", "CD"],
  ["unknown-error", "backend", "connect", "SC"],
  ["unknown-error", "backend", "relay", "SD"],
  ["unknown-error", "balancer", "connect", "IC"],
];

describe("termination letters", () => {
  for (const [cause, endedBy, phase, letters, waitingFor = "client"] of table) {
    const waits = cause.endsWith("-timeout") && phase === "relay" ? `, waiting for the ${waitingFor}` : "";
    it(`${cause} by ${endedBy} during ${phase}${waits}: ${letters}`, () => {
      expect(terminationLetters(cause, endedBy, phase, waitingFor)).to.equal(letters);
    });
  }

  it("only timeouts look at whom they waited for", () => {
    for (const [cause, endedBy, phase] of table) {
      if (cause === "idle-timeout" || cause === "half-closed-timeout") continue;
      const [a, b] = (["client", "backend"] as const).map((side) => terminationLetters(cause, endedBy, phase, side));
      expect(a, cause).to.equal(b);
    }
  });
});
