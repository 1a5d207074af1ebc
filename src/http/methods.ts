import { asciiOctets, equalsExactly } from "./octets.ts";

/** The methods of RFC 9110, section 9.3, and PATCH (RFC 5789); all others are `other` and passed on as they are. */
const METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"] as const;

export type Method = (typeof METHODS)[number] | "other";

const KNOWN = METHODS.map((name) => ({ name, letters: asciiOctets(name) }));

/** The method in `bytes[from..to)`. Methods are case-sensitive: `get` is another one than `GET`. */
export function methodOf(bytes: Uint8Array, from: number, to: number): Method {
  for (const { name, letters } of KNOWN) if (equalsExactly(bytes, from, to, letters)) return name;
  return "other";
}

/** Whether sending the request twice has the effect of sending it once (RFC 9110, section 9.2.2). */
export function isIdempotent(method: Method): boolean {
  return method !== "POST" && method !== "PATCH" && method !== "CONNECT" && method !== "other";
}
