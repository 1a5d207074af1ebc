import { FIELD } from "./field-names.ts";
import { asciiOctets, equalsIgnoringCase, skipBlank } from "./octets.ts";
import type { RequestHead } from "./request-head.ts";
import type { ResponseHead } from "./response-head.ts";

/**
 * Schemes that log in a connection and not each request on it, against RFC 9110, section 11.1: NTLM always, Negotiate as IIS
 * and others do it by default (RFC 4559, section 6). Whoever sends a request on such a connection is taken for who has logged in.
 */
const SCHEMES = ["ntlm", "negotiate"].map(asciiOctets);

const WWW_AUTHENTICATE = asciiOctets("www-authenticate");
const PROXY_AUTHENTICATE = asciiOctets("proxy-authenticate");

/** One of them as a challenge among others; in a quoted string it would do no harm. */
const CHALLENGE = /(?:^|[,\t ])(?:ntlm|negotiate)(?:$|[,\t ])/i;

/** Whether the value `bytes[from..to)` of an Authorization header logs in the connection. */
export function isConnectionLogin(bytes: Uint8Array, from: number, to: number): boolean {
  return SCHEMES.some((scheme) => {
    const end = from + scheme.length;
    return (end === to || skipBlank(bytes, end, to) > end) && equalsIgnoringCase(bytes, from, end, scheme);
  });
}

/** Whether the value `bytes[from..to)` of a WWW-Authenticate or Proxy-Authenticate header offers to log in the connection. */
export function offersConnectionLogin(bytes: Buffer, from: number, to: number): boolean {
  return CHALLENGE.test(bytes.toString("latin1", from, to));
}

/** Whether the request logs in its connection. */
export function logsInConnection({ fields, source }: RequestHead): boolean {
  const row = fields.first(FIELD.authorization);
  return row >= 0 && isConnectionLogin(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0);
}

/** Whether the answer asks its client to log in the connection. */
export function asksForConnectionLogin({ status, fields, source }: ResponseHead): boolean {
  const name = status === 401 ? WWW_AUTHENTICATE : status === 407 ? PROXY_AUTHENTICATE : undefined;
  if (name === undefined) return false;
  for (let row = fields.find(source, name); row >= 0; row = fields.find(source, name, row + 1)) {
    if (offersConnectionLogin(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0)) return true;
  }
  return false;
}
