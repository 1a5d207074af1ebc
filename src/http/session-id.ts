import { EQUALS, QUESTION, SEMICOLON, SLASH } from "./octets.ts";

/**
 * Where applications keep a session id that is not a cookie of ours: in a header, in the query (Socket.IO's `sid`), in a
 * path parameter (`;jsessionid=`, Servlet specification, section 7.1.3), or in front of a route (`value.route`, Tomcat's
 * jvmRoute). All of them are bytes of a request head, taken as they are: percent-encoding is neither decoded nor
 * normalised, so that the id that was learned and the id that is looked up are compared byte for byte.
 */

/** Longer ids are not taken, so that the memory of learned sessions has a bound: 1024 bytes each. */
export const MAX_SESSION_ID_BYTES = 1024;

const AMPERSAND = 0x26;

/** The bytes `[from, to)`, e.g. a field value without its blanks, as a session id (latin1); undefined when empty or too long. */
export function sessionId(bytes: Buffer, from: number, to: number): string | undefined {
  if (to <= from || to - from > MAX_SESSION_ID_BYTES) return undefined;
  return bytes.toString("latin1", from, to);
}

/**
 * The first value of the parameter `name` in the query of the request target `bytes[from, to)`, as a session id. Undefined
 * when there is none, or when the first one is empty or too long: which of two values an application reads, we do not guess.
 */
export function queryValue(bytes: Buffer, from: number, to: number, name: Buffer): string | undefined {
  let at = indexOf(bytes, QUESTION, from, to) + 1;
  while (at < to) {
    const end = indexOf(bytes, AMPERSAND, at, to);
    if (startsWith(bytes, at, end, name)) return sessionId(bytes, at + name.length + 1, end);
    at = end + 1;
  }
  return undefined;
}

/**
 * The first value of the path parameter `name` (`;jsessionid=…`) in the path of the request target `bytes[from, to)`, as a
 * session id. A parameter ends at the next `;`, `/` or `?` (RFC 3986, section 3.3).
 */
export function pathParameter(bytes: Buffer, from: number, to: number, name: Buffer): string | undefined {
  const pathEnd = indexOf(bytes, QUESTION, from, to);
  let at = indexOf(bytes, SEMICOLON, from, pathEnd) + 1;
  while (at < pathEnd) {
    const next = indexOf(bytes, SEMICOLON, at, pathEnd);
    const end = indexOf(bytes, SLASH, at, next);
    if (startsWith(bytes, at, end, name)) return sessionId(bytes, at + name.length + 1, end);
    at = next + 1;
  }
  return undefined;
}

/**
 * The route behind a session id: what follows the first `separator`, as Tomcat and Apache's mod_proxy_balancer read it. The
 * first one, because backends are often named by their address (`4F2A.10.0.0.11:3000`). Undefined when there is none.
 *
 * @param separator at least one character; ROUTE_SEPARATOR
 */
export function routeOf(value: string, separator: string): string | undefined {
  const at = value.indexOf(separator);
  if (at < 0 || at + separator.length === value.length) return undefined;
  return value.slice(at + separator.length);
}

/** Whether `[from, to)` begins with `name` and `=`. */
function startsWith(bytes: Buffer, from: number, to: number, name: Buffer): boolean {
  if (to - from <= name.length || bytes[from + name.length] !== EQUALS) return false;
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
  return true;
}

/** The index of `byte`, or `to`. Never looks behind `to`: the buffer may hold other messages there. */
function indexOf(bytes: Buffer, byte: number, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== byte) at++;
  return at;
}
