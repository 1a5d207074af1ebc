import { latin1 } from "../http-messages.ts";
import { patternBytes } from "../patterns.ts";

export type BodyPlan =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly size: number }
  /** `ornate`: with extensions and trailers, which nobody passes on. */
  | { readonly kind: "chunked"; readonly sizes: readonly number[]; readonly ornate: boolean };

/** What a client asks. */
export interface RequestPlan {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly minorVersion: 0 | 1;
  readonly keepAlive: boolean;
  readonly body: BodyPlan;
  readonly expects: boolean;
  readonly upgrades: boolean;
  /** The backend that its cookie names. */
  readonly cookie: string | undefined;
  /** Where it is malformed. */
  readonly fault: "head" | "body" | undefined;
}

/** How the requests of a life are sent on. */
export interface SendingRules {
  readonly hidesCookie: boolean;
  readonly closes: boolean;
}

/** What a backend may see of a request at most. */
export interface Forwarded {
  readonly startLine: string;
  /** In no particular order. */
  readonly lines: readonly string[];
  readonly body: Buffer;
}

/** A request on the client's side and on the backend's. */
export interface LifeRequest {
  readonly id: string;
  readonly plan: RequestPlan;
  readonly wire: Buffer;
  /** Undefined = no backend may see it. */
  readonly forwarded: Forwarded | undefined;
}

export function isRepeatable({ method }: RequestPlan): boolean {
  return method !== "POST";
}

/** @param id stands in the request for everybody to see; `seed` makes its body */
export function makeRequest(asked: RequestPlan, id: string, seed: number, rules: SendingRules): LifeRequest {
  const plan = asked.minorVersion === 0 ? inOldVersion(asked) : asked;
  const body = makeBody(plan, seed);
  const framing = framingLines(plan.body);
  const cookie = plan.cookie === undefined ? [] : [`Cookie: sid=${plan.cookie}`];
  const startLine = `${plan.method} /${id} HTTP/1.`;
  const start = [`${startLine}${plan.minorVersion}`, "Host: shop"];
  const name = `X-Id: ${id}`;
  const expecting = plan.expects ? ["Expect: 100-continue"] : [];
  if (plan.fault === "head") {
    const wire = latin1([...start, "X-Fault : here", "", ""].join("\r\n"));
    return { id, plan, wire, forwarded: undefined };
  }
  const head = [...start, ...cookie, name, ...expecting, ...framing, ...connectionLines(plan), "", ""];
  const own = plan.upgrades ? ["Connection: upgrade", "Upgrade: chat"] : rules.closes ? ["Connection: close"] : [];
  // HTTP/1.0 could not be given the 100 that would be asked for.
  const asking = plan.minorVersion === 0 ? [] : expecting;
  const lines = ["Host: shop", ...(rules.hidesCookie ? [] : cookie), name, ...asking, ...own, ...framing];
  return {
    id,
    plan,
    wire: Buffer.concat([latin1(head.join("\r\n")), body.wire]),
    forwarded: { startLine: `${startLine}1`, lines, body: body.forwarded },
  };
}

/** Without what HTTP/1.0 does not have. */
function inOldVersion(plan: RequestPlan): RequestPlan {
  const body: BodyPlan = plan.body.kind === "chunked" ? { kind: "none" } : plan.body;
  return { ...plan, body, upgrades: false, fault: plan.fault === "body" ? undefined : plan.fault };
}

function framingLines(body: BodyPlan): readonly string[] {
  if (body.kind === "none") return [];
  return [body.kind === "length" ? `Content-Length: ${body.size}` : "Transfer-Encoding: chunked"];
}

function connectionLines(plan: RequestPlan): readonly string[] {
  if (plan.upgrades) return ["Upgrade: chat", `Connection: upgrade${plan.keepAlive ? "" : ", close"}`];
  if (plan.minorVersion === 0) return plan.keepAlive ? ["Connection: keep-alive"] : [];
  return plan.keepAlive ? [] : ["Connection: close"];
}

function makeBody({ body, fault }: RequestPlan, seed: number): { readonly wire: Buffer; readonly forwarded: Buffer } {
  if (body.kind === "none") return { wire: Buffer.alloc(0), forwarded: Buffer.alloc(0) };
  if (body.kind === "length") {
    const bytes = patternBytes(seed, 0, body.size);
    return { wire: bytes, forwarded: bytes };
  }
  const wire: Buffer[] = [];
  const forwarded: Buffer[] = [];
  let from = 0;
  for (const size of body.sizes) {
    const data = patternBytes(seed, from, size);
    from += size;
    wire.push(latin1(`${size.toString(16)}${body.ornate ? ";a=b" : ""}\r\n`), data, latin1("\r\n"));
    forwarded.push(latin1(`${size.toString(16)}\r\n`), data, latin1("\r\n"));
  }
  if (fault === "body") wire.push(latin1("no chunk\r\n"));
  else {
    wire.push(latin1(body.ornate ? "0\r\nX-Sum: 1\r\n\r\n" : "0\r\n\r\n"));
    forwarded.push(latin1("0\r\n\r\n"));
  }
  return { wire: Buffer.concat(wire), forwarded: Buffer.concat(forwarded) };
}
