import type { AddressText } from "./forwarding-rules.ts";

/** A hop as a forwarding header names it. */
export interface NodeName {
  /** 4 or 16 raw bytes. */
  readonly address: Uint8Array;
  /** 0 = not told. */
  readonly port: number;
}

/**
 * Reads `192.0.2.1`, `192.0.2.1:8080`, `[2001:db8::1]` or `[2001:db8::1]:8080` (RFC 7239, section 6), and `2001:db8::1` as
 * X-Forwarded-For has it. Undefined for what names nobody: `unknown`, an obfuscated name (`_hidden`), garbage. A port may be
 * obfuscated too; then it is not told.
 */
export function readNodeName(text: string, addresses: AddressText): NodeName | undefined {
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) {
    const [, inside = "", port] = bracketed;
    return inside.includes(":") ? node(inside, port, addresses) : undefined;
  }
  const [host = "", port, ...more] = text.split(":", 3);
  return more.length > 0 ? node(text, undefined, addresses) : node(host, port, addresses);
}

function node(host: string, portText: string | undefined, addresses: AddressText): NodeName | undefined {
  const address = addresses.parse(host);
  const port = portText === undefined ? 0 : readPort(portText);
  return address === undefined || port === undefined ? undefined : { address, port };
}

function readPort(text: string): number | undefined {
  if (/^_[A-Za-z0-9._-]+$/.test(text)) return 0;
  if (!/^[0-9]{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}
