import type { Cause, EndedBy, Phase } from "../model/connection-record.ts";
import type { Side } from "./relay.ts";

const FIXED: ReadonlyMap<Cause, string> = new Map<Cause, string>([
  ["finished", "--"],
  ["keep-alive-timeout", "--"], // nothing was asked and nothing is owed: how most connections of http mode end
  ["denied", "PR"],
  ["connection-limit", "PR"],
  ["client-limit", "PR"],
  ["client-rate", "PR"],
  ["proxy-header-missing", "PR"],
  ["proxy-header-malformed", "PR"],
  ["proxy-header-untrusted", "PR"],
  ["proxy-header-timeout", "cR"],
  ["no-backends", "SC"],
  ["none-eligible", "SC"],
  ["home-down", "SC"],
  ["home-full", "PQ"],
  ["queue-timeout", "sQ"],
  ["connect-refused", "SC"],
  ["connect-reset", "SC"],
  ["connect-timeout", "sC"],
  ["connect-unreachable", "SC"],
  ["name-not-found", "SC"],
  ["source-address", "RC"],
  ["not-http", "PR"],
  ["forbidden", "PR"],
  ["cookie-refused", "PR"],
  ["head-timeout", "cR"],
  ["response-timeout", "sH"],
  ["backend-closed", "SH"],
  ["response-cut", "SD"],
]);

const PHASE_LETTER: Readonly<Record<Phase, string>> = {
  accept: "R",
  identify: "R",
  request: "R",
  choose: "Q",
  connect: "C",
  response: "H",
  relay: "D",
};

const ENDER_LETTER: Readonly<Record<EndedBy, string>> = { client: "C", backend: "S", balancer: "P", operator: "K" };

/**
 * HAProxy's two termination letters (configuration.txt 8.5): who ended the connection, and in which phase. `waitingFor`
 * tells a client timeout (`c`) from a server timeout (`s`).
 */
export function terminationLetters(cause: Cause, endedBy: EndedBy, phase: Phase, waitingFor: Side): string {
  const fixed = FIXED.get(cause);
  if (fixed !== undefined) return fixed;
  const when = PHASE_LETTER[phase];
  switch (cause) {
    case "idle-timeout":
    case "half-closed-timeout":
      return (waitingFor === "client" ? "c" : "s") + when;
    // Ours is the act, whoever sent it: PR, or PH while the answer is awaited, or PD in its middle.
    case "bad-request":
    case "bad-response":
      return phase === "response" || phase === "relay" ? `P${when}` : "PR";
    case "backend-went-down":
      return `D${when}`;
    case "out-of-descriptors":
    case "out-of-memory":
      return `R${when}`;
    case "unknown-error":
      return endedBy === "balancer" ? `I${when}` : ENDER_LETTER[endedBy] + when;
    default:
      return ENDER_LETTER[endedBy] + when;
  }
}
