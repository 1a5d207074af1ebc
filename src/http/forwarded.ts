import { anyCidrContains } from "../model/cidr.ts";
import type { Endpoint } from "../model/client-key.ts";
import { type ForwardedElement, lastForwardedComma, readForwardedElement } from "./forwarded-element.ts";
import {
  type ForwardingFields,
  type ForwardingRules,
  lastComma,
  lastToFirst,
  type Scheme,
} from "./forwarding-rules.ts";
import { type NodeName, readNodeName } from "./node-name.ts";

/** Who sent a request, as far as it is known for certain. */
export interface Origin {
  readonly client: Endpoint;
  /** The peer is a hop that is believed. When false, every forwarding header of the request is forged or beside the point. */
  readonly peerTrusted: boolean;
  /** What the client speaks to the outermost trusted hop; undefined when no trusted hop says so. */
  readonly scheme: Scheme | undefined;
  /** The host that the client asked the outermost trusted hop for; undefined when no trusted hop says so. */
  readonly host: string | undefined;
}

/** So that no header can make one request expensive. No real chain of proxies comes near it. */
const MOST_HOPS = 64;

/** What one hop said about the one before it. */
interface Statement {
  readonly node: NodeName | undefined;
  readonly element: ForwardedElement | undefined;
}

/**
 * Finds the client behind trusted proxies. Starting at the peer, each trusted hop is asked who was before it, so the header is
 * read from right to left; the first address that is not trusted is the client. Where a trusted hop does not tell (an
 * obfuscated or unknown node, garbage, the end of the list), that hop is the last one known and counts as the client. Nothing
 * to the left of that is looked at. A single-value header (REAL_IP_HEADER) of a trusted peer goes before; several values, or
 * one that is no address, name nobody.
 *
 * A peer does not change while it is connected: one that is not trusted ({@link isTrustedPeer}) is the client of all its
 * requests, and no header has to be looked at.
 *
 * @param peer the other end of the connection, or what a trusted PROXY header said
 */
export function findOrigin(peer: Endpoint, fields: ForwardingFields, rules: ForwardingRules): Origin {
  if (!isTrustedPeer(peer, rules)) return { client: peer, peerTrusted: false, scheme: undefined, host: undefined };
  let client = peer;
  let hops = 0;
  let last: Statement | undefined;
  if (fields.realIp.length > 0) {
    const node = fields.realIp.length === 1 ? readNodeName(fields.realIp[0] ?? "", rules.addresses) : undefined;
    if (node !== undefined) client = endpoint(node, rules);
  } else {
    for (const statement of statementsOf(fields, rules)) {
      hops++;
      last = statement;
      if (statement.node === undefined) break;
      client = endpoint(statement.node, rules);
      if (hops === MOST_HOPS || !anyCidrContains(rules.trusted, statement.node.address)) break;
    }
  }
  // What the outermost trusted hop wrote into its own element, or at its own place in the lists of the other family.
  const said = (name: "proto" | "host", values: readonly string[]): string | undefined =>
    rules.header === "forwarded" ? last?.element?.get(name) : valueOfHop(values, Math.max(1, hops));
  return {
    client,
    peerTrusted: true,
    scheme: readScheme(said("proto", fields.xForwardedProto)),
    host: said("host", fields.xForwardedHost),
  };
}

/** Whether the other end of a connection is a hop that is believed. The peer of a unix socket is on this machine, so it is. */
export function isTrustedPeer(peer: Endpoint, rules: ForwardingRules): boolean {
  const bytes = rules.addresses.parse(peer.address);
  return bytes === undefined ? peer.address === "" : anyCidrContains(rules.trusted, bytes);
}

/** What the hops said, nearest hop first, read only as far as it is asked for. */
function* statementsOf(fields: ForwardingFields, rules: ForwardingRules): Generator<Statement> {
  if (rules.header === "x-forwarded-for") {
    for (const text of lastToFirst(fields.xForwardedFor, lastComma))
      yield { node: readNodeName(text, rules.addresses), element: undefined };
  }
  if (rules.header === "forwarded") {
    for (const text of lastToFirst(fields.forwarded, lastForwardedComma)) {
      const element = readForwardedElement(text);
      yield { node: readNodeName(element?.get("for") ?? "", rules.addresses), element };
    }
  }
}

/**
 * The value that the n-th trusted hop wrote. Hops that append leave one value each, the nearest hop's last; a hop that
 * overwrites leaves one in all, which then is believed. A client's own value is further left than any hop's.
 */
function valueOfHop(values: readonly string[], hop: number): string | undefined {
  let found: string | undefined;
  let seen = 0;
  for (const value of lastToFirst(values, lastComma)) {
    found = value;
    if (++seen === hop) break;
  }
  return found;
}

/** Traefik writes `ws` and `wss` for WebSockets. */
function readScheme(text: string | undefined): Scheme | undefined {
  switch (text?.toLowerCase()) {
    case "http":
    case "ws":
      return "http";
    case "https":
    case "wss":
      return "https";
    default:
      return undefined;
  }
}

function endpoint(node: NodeName, rules: ForwardingRules): Endpoint {
  return { address: rules.addresses.format(node.address), port: node.port };
}
