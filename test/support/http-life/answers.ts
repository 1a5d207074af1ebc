import { latin1 } from "../http-messages.ts";
import { patternBytes } from "../patterns.ts";
import type { RequestPlan } from "./requests.ts";

/** What a backend says to a request. */
export interface AnswerPlan {
  readonly kind: "length" | "chunked" | "until-close" | "no-content" | "not-modified" | "switch" | "garbage";
  readonly size: number;
  /** The last part of it is never sent. */
  readonly cut: boolean;
  /** Bytes behind its end. */
  readonly excess: boolean;
  /** The backend says that it closes, and does. */
  readonly closes: boolean;
  /** HTTP/1.0 */
  readonly isOld: boolean;
}

/** What a backend says when nothing is to go wrong. */
export const SIMPLE_ANSWER: AnswerPlan = {
  kind: "length",
  size: 10,
  cut: false,
  excess: false,
  closes: false,
  isOld: false,
};

/** An answer that was put on the wire. */
export interface LifeAnswer {
  /** Stands in the answer for everybody to see. */
  readonly name: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: Buffer;
  readonly wire: Buffer;
  /** All of it is on the wire, its FIN included if that is a part of it. */
  readonly isWhole: boolean;
  /** A FIN follows. */
  readonly ends: boolean;
}

const STATUS: Readonly<Record<AnswerPlan["kind"], number>> = {
  length: 200,
  chunked: 200,
  "until-close": 200,
  "no-content": 204,
  "not-modified": 304,
  switch: 101,
  garbage: 0,
};

/** @param request what it answers; decides what the body may be */
export function makeAnswer(plan: AnswerPlan, requestId: string, request: RequestPlan, number: number): LifeAnswer {
  const kind = plan.kind === "switch" && !request.upgrades ? "length" : plan.kind;
  const name = `${requestId}#${number}`;
  const hasBody = kind === "length" || kind === "chunked" || kind === "until-close";
  const isBodyless = request.method === "HEAD" || !hasBody;
  const data = patternBytes(number + 7_000_000, 0, hasBody ? plan.size : 0);
  const body = isBodyless ? Buffer.alloc(0) : data;
  if (kind === "garbage")
    return whole({ name, requestId, status: 0, body, wire: latin1("SSH-2.0-x\r\n"), ends: false });
  const isSwitch = kind === "switch";
  const closes = plan.closes && !isSwitch;
  const status = STATUS[kind];
  const lines = [
    `HTTP/1.${plan.isOld && !isSwitch && kind !== "chunked" ? 0 : 1} ${status} Whatever`,
    `X-Answer: ${name}`,
    ...(kind === "length" ? [`Content-Length: ${plan.size}`] : []),
    ...(kind === "chunked" ? ["Transfer-Encoding: chunked"] : []),
    ...(closes ? ["Connection: close"] : []),
    ...(isSwitch ? ["Connection: upgrade", "Upgrade: chat"] : []),
  ];
  const framed = isBodyless ? body : kind === "chunked" ? inChunks(data) : data;
  const full = Buffer.concat([latin1(`${lines.join("\r\n")}\r\n\r\n`), framed]);
  // Nobody can tell that the end is missing where nothing said how long it is.
  if (plan.cut && !(kind === "until-close" && !isBodyless) && !isSwitch) {
    const wire = full.subarray(0, Math.max(1, full.length - 1 - (plan.size >> 1)));
    return { name, requestId, status, body, wire, isWhole: false, ends: true };
  }
  const excess = plan.excess && !isSwitch && !(kind === "until-close" && !isBodyless);
  // No answer: read when the next request is already sent it would be taken for the one to that.
  const wire = excess ? Buffer.concat([full, latin1("excess\r\n")]) : full;
  return whole({ name, requestId, status, body, wire, ends: closes || (kind === "until-close" && !isBodyless) });
}

function whole(answer: Omit<LifeAnswer, "isWhole">): LifeAnswer {
  return { ...answer, isWhole: true };
}

function inChunks(data: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let from = 0; from < data.length; ) {
    const size = Math.min(data.length - from, 1 + (from % 3000) + 500);
    parts.push(latin1(`${size.toString(16)}\r\n`), data.subarray(from, from + size), latin1("\r\n"));
    from += size;
  }
  return Buffer.concat([...parts, latin1("0\r\n\r\n")]);
}
