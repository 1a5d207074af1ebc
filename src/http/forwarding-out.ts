import type { Endpoint } from "../model/client-key.ts";
import type { Origin } from "./forwarded.ts";
import { lastForwardedComma, readForwardedElement, writeForwardedElement } from "./forwarded-element.ts";
import { type ForwardingFields, type ForwardingRules, lastToFirst, type Scheme } from "./forwarding-rules.ts";

/** FORWARDED_OUT. */
export type ForwardedOut = "append" | "replace" | "off";

/** A header line that is sent on. */
export interface FieldLine {
  readonly name: string;
  readonly value: string;
}

/** What changes in a request's forwarding headers. */
export interface ForwardingEdit {
  /** Headers whose lines are all left out. */
  readonly remove: ReadonlySet<Field>;
  readonly add: readonly FieldLine[];
}

/** What we know of a request besides what its headers say. */
export interface ReceivedRequest {
  readonly peer: Endpoint;
  readonly origin: Origin;
  /** What the peer speaks to us: http, unless a PROXY header told of TLS in front of us. */
  readonly scheme: Scheme;
  /** The Host of the request, validated; undefined when it has none. */
  readonly host: string | undefined;
}

type Field = keyof ForwardingFields;

const NONE: ReadonlySet<Field> = new Set();
const NOTHING: ForwardingEdit = { remove: NONE, add: [] };

const FIELDS = ["forwarded", "xForwardedFor", "xForwardedProto", "xForwardedHost", "realIp"] as const;

/** The names of the headers that we write ourselves. */
const HEADER_OF: Readonly<Partial<Record<Field, string>>> = {
  forwarded: "Forwarded",
  xForwardedFor: "X-Forwarded-For",
  xForwardedProto: "X-Forwarded-Proto",
  xForwardedHost: "X-Forwarded-Host",
};

/**
 * The forwarding headers that a backend sees. We write one family and the other is left out, since nobody vouches for it:
 * Forwarded when that is what FORWARDED_HEADER reads, else X-Forwarded-For, -Proto and -Host.
 *
 * - `append`: what a trusted peer sent, and our own word on that peer behind it.
 * - `replace`: one word on the client that we found, and nothing else.
 * - `off`: everything as it came.
 *
 * In the first two nothing stays of what came from a peer that is not trusted, the header of REAL_IP_HEADER included: a
 * backend must never read a client's own claim.
 */
export function forwardingEdit(
  mode: ForwardedOut,
  request: ReceivedRequest,
  fields: ForwardingFields,
  rules: ForwardingRules,
): ForwardingEdit {
  if (mode === "off") return NOTHING;
  const inForwarded = rules.header === "forwarded";
  if (mode === "append" && request.origin.peerTrusted)
    return inForwarded ? appendForwarded(request, fields, rules) : appendXForwarded(request, fields);
  const { client, scheme = request.scheme, host = request.host } = request.origin;
  return edit(
    fields,
    [],
    inForwarded
      ? [{ name: "Forwarded", value: forwardedValue(client, scheme, host, rules) }]
      : xForwardedLines(client.address, scheme, host),
  );
}

function appendForwarded(request: ReceivedRequest, fields: ForwardingFields, rules: ForwardingRules): ForwardingEdit {
  const { peer, scheme, host } = request;
  const values = [...wellFormed(fields.forwarded), forwardedValue(peer, scheme, host, rules)];
  return edit(fields, ["realIp"], [{ name: "Forwarded", value: values.join(", ") }]);
}

function appendXForwarded({ peer, scheme, host }: ReceivedRequest, fields: ForwardingFields): ForwardingEdit {
  // Scheme and host are about the client, and the peer was nearer to it: its word stays.
  const kept: Field[] = ["realIp", "xForwardedProto", "xForwardedHost"];
  // The peer of a unix socket has no address to put behind those before it.
  if (peer.address === "") kept.push("xForwardedFor");
  const hops = fields.xForwardedFor.filter((value) => value !== "");
  const add = xForwardedLines([...hops, peer.address].join(", "), scheme, host);
  return edit(fields, kept, add);
}

function xForwardedLines(addresses: string, scheme: Scheme, host: string | undefined): readonly FieldLine[] {
  return [
    { name: "X-Forwarded-For", value: addresses },
    { name: "X-Forwarded-Proto", value: scheme },
    { name: "X-Forwarded-Host", value: host ?? "" },
  ].filter(({ value }) => value !== "");
}

/** Keeps some headers as they came and removes the others; adds a line only where none was kept. */
function edit(fields: ForwardingFields, kept: readonly Field[], add: readonly FieldLine[]): ForwardingEdit {
  const here = FIELDS.filter((field) => fields[field].length > 0);
  // Most clients send none of them.
  if (here.length === 0) return { remove: NONE, add };
  const stays = new Set(here.filter((field) => kept.includes(field)).map((field) => HEADER_OF[field]));
  return {
    remove: new Set(here.filter((field) => !kept.includes(field))),
    add: add.filter(({ name }) => !stays.has(name)),
  };
}

/** Everything or nothing: behind a malformed value, our own element would not be read as one. */
function wellFormed(values: readonly string[]): readonly string[] {
  for (const element of lastToFirst(values, lastForwardedComma))
    if (readForwardedElement(element) === undefined) return [];
  return values.filter((value) => value !== "");
}

/** RFC 7239, section 6: IPv6 in brackets, `unknown` for the peer of a unix socket. */
function forwardedValue(from: Endpoint, scheme: Scheme, host: string | undefined, rules: ForwardingRules): string {
  const { address } = from;
  const name = rules.addresses.parse(address)?.length === 16 ? `[${address}]` : address;
  return writeForwardedElement({ for: name === "" ? "unknown" : name, host, proto: scheme });
}
