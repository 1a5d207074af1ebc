import { accept, type Reading, refuse } from "../reading.ts";
import { parseIpAddress } from "./ip-address.ts";
import { readInteger } from "./number.ts";

/** A place on the network. */
export interface HostPort {
  /** An IP address without brackets in canonical form, a DNS name in lower case, or empty when it was left out. */
  readonly host: string;
  readonly port: number;
  /** `host:port`, with brackets around an IPv6 address. */
  readonly text: string;
}

export interface HostPortRules {
  /** 0 where the system may choose one. */
  readonly minPort: 0 | 1;
  /** Whether `:port` is enough. */
  readonly hostOptional: boolean;
  /** Shown in hints: `app3=`. */
  readonly before?: string;
}

/** What a URL without a port means. */
const WELL_KNOWN_PORTS: ReadonlyMap<string, number> = new Map([
  ["http://", 80],
  ["ws://", 80],
  ["https://", 443],
  ["wss://", 443],
]);

/** Reads `host:port` or `[v6]:port`. */
export function readHostPort(text: string, rules: HostPortRules): Reading<HostPort> {
  const { before = "" } = rules;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined) {
    const rest = text.slice(scheme.length).replace(/\/.*$/, "");
    const why = /^(?:https|wss|tls|ssl):/i.test(scheme) ? ": no TLS is spoken, in tcp mode it passes through" : "";
    const port = WELL_KNOWN_PORTS.get(scheme.toLowerCase()) ?? 3000;
    return refuse(
      `${scheme} is not wanted here${why}`,
      `write ${before}${/:\d+$/.test(rest) ? rest : `${rest}:${port}`}`,
    );
  }
  if (!text.startsWith("[") && text.split(":").length > 2) {
    return refuse("an IPv6 address with a port needs brackets", `write ${before}${bracketed(text)}`);
  }
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(text);
  if (match === null) return refuse("not host:port", `write ${before}10.0.0.13:3000 or ${before}[2001:db8::13]:3000`);
  const [, hostText = "", portText = ""] = match;
  const host = readHost(hostText, rules);
  if (!host.ok) return host;
  if (portText === "") return refuse("port missing", `write host:port, e.g. ${before}${hostText}:3000`);
  const port = readInteger(portText, { min: rules.minPort, max: 65_535 });
  if (!port.ok) return refuse(`the port is not ${rules.minPort} to 65535`, `write e.g. ${before}${hostText}:3000`);
  const shown = host.value.includes(":") ? `[${host.value}]` : host.value;
  return accept({ host: host.value, port: port.value, text: `${shown}:${port.value}` });
}

/** The likely meaning of an IPv6 address and a port without brackets: a last group in digits is the port. */
function bracketed(text: string): string {
  const cut = text.lastIndexOf(":");
  const [address, port] = [text.slice(0, cut), text.slice(cut + 1)];
  if (/^\d{2,5}$/.test(port) && parseIpAddress(address) !== undefined) return `[${address}]:${port}`;
  return parseIpAddress(text) === undefined ? "[2001:db8::13]:3000" : `[${text}]:3000`;
}

function readHost(text: string, { hostOptional, before = "" }: HostPortRules): Reading<string> {
  if (text === "")
    return hostOptional ? accept("") : refuse("host missing", `write host:port, e.g. ${before}10.0.0.13:3000`);
  if (text.startsWith("[")) {
    const address = parseIpAddress(text.slice(1, -1));
    return address !== undefined && text.includes(":")
      ? accept(address.text)
      : refuse("not an IPv6 address in brackets", `write e.g. ${before}[2001:db8::13]:3000`);
  }
  const address = parseIpAddress(text);
  if (address !== undefined) return accept(address.text);
  if (isHostName(text)) return accept(text.toLowerCase());
  return refuse(
    "not an IP address and not a host name",
    `write e.g. ${before}10.0.0.13:3000 or ${before}app.internal:3000`,
  );
}

/**
 * A DNS name as in RFC 1123 section 2.1, with the underscores that are common inside. The last label must not be a
 * number: what looks like a wrong IPv4 address (`10.0.0`, `10.0.0.256`) is one.
 */
export function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  const wellFormed = labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
  return wellFormed && text.length <= 253 && !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? "");
}
