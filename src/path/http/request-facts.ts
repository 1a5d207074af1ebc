import type { Framing } from "../../http/body-length.ts";
import { isIdempotent } from "../../http/methods.ts";
import type { RequestHead } from "../../http/request-head.ts";

const MAX_METHOD = 64;
const MAX_TARGET = 2048;

/** What is still needed of a request when its head is gone: a few words and numbers. */
export interface RequestFacts {
  readonly method: string;
  readonly target: string;
  readonly minorVersion: number;
  readonly isHead: boolean;
  /** Sending it twice has the effect of sending it once. */
  readonly idempotent: boolean;
  readonly framing: Framing;
  readonly contentLength: number;
  /** The client would like to go on with this connection. */
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
}

/**
 * Copies them: the bytes of `head` may go afterwards.
 * @param isRecorded somebody wants to know method and target; left empty otherwise, as each of them is a copy
 */
export function requestFacts(head: RequestHead, isRecorded: boolean): RequestFacts {
  const { method } = head;
  return {
    method: isRecorded ? methodText(head) : "",
    target: isRecorded ? targetText(head) : "",
    minorVersion: head.minorVersion,
    isHead: method === "HEAD",
    idempotent: isIdempotent(method),
    framing: head.framing,
    contentLength: head.contentLength,
    keepAlive: head.keepAlive,
    upgrade: head.upgrade,
  };
}

function methodText({ source, start, methodEnd, method }: RequestHead): string {
  return method === "other" ? source.toString("latin1", start, Math.min(methodEnd, start + MAX_METHOD)) : method;
}

function targetText({ source, targetStart, targetEnd }: RequestHead): string {
  return source.toString("latin1", targetStart, Math.min(targetEnd, targetStart + MAX_TARGET));
}
