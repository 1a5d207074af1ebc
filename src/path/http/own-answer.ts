import { answerTo, type CannedKind, type CannedResponse } from "../../http/canned-responses.ts";
import type { Refusal } from "../../http/refusal.ts";
import type { Cause } from "../../model/connection-record.ts";
import type { Side } from "../relay.ts";
import type { Flow } from "./flow.ts";

/** What a client is told when its request could not be answered by a backend. */
export function answerFor(cause: Cause, waitingFor: Side): CannedKind {
  switch (cause) {
    case "backend-closed":
    case "bad-response":
    case "response-cut":
    // Of a connection that was there: failures to connect have causes of their own.
    case "reset":
    case "unreachable":
      return "bad-gateway";
    case "timed-out":
    case "response-timeout":
      return "gateway-timeout";
    case "idle-timeout":
      return waitingFor === "client" ? "request-timeout" : "gateway-timeout";
    default:
      return "service-unavailable";
  }
}

/** What kind of mistake a refused head was. */
export function causeOfRefusal(refusal: Refusal): Cause {
  const kind = answerTo(refusal);
  return kind === "tls-hello" || kind === "http2-preface" ? "not-http" : "bad-request";
}

/**
 * Sends the form of an answer that fits: without a body for HEAD, and saying whether the connection goes on.
 *
 * @param line a field to be added, with its CR LF
 */
export function sendOwn(flow: Flow, canned: CannedResponse, isHead: boolean, keeps: boolean, line: string): void {
  const answer = formOf(canned, isHead, keeps);
  if (line === "") flow.own(answer);
  else flow.text(withField(answer, line));
}

function formOf(canned: CannedResponse, isHead: boolean, keeps: boolean): Buffer {
  if (isHead) return keeps ? canned.keepingHead : canned.closingHead;
  return keeps ? canned.keeping : canned.closing;
}

function withField(answer: Buffer, line: string): string {
  const text = answer.toString("latin1");
  const statusEnd = text.indexOf("\r\n") + 2;
  return text.slice(0, statusEnd) + line + text.slice(statusEnd);
}
