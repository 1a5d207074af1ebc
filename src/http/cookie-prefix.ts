import type { CookieCursor } from "./cookie-header.ts";

/**
 * The prefix mode of HAProxy (`cookie NAME prefix`): the balancer writes the name of the backend and a `~` in front of an
 * application's own cookie value, and takes them off again before the backend sees it.
 */
export const PREFIX_DELIMITER = "~";

const TILDE = 0x7e;

/** What stands in front of the first `~` of a cookie value; undefined when there is no `~`. */
export function prefixOf(value: string): string | undefined {
  const delimiter = value.indexOf(PREFIX_DELIMITER);
  return delimiter < 0 ? undefined : value.slice(0, delimiter);
}

/**
 * The value `bytes[from, to)` of a Cookie header with `id~value` replaced by `value` in every pair of the cursor's name. What
 * stands before the first `~` goes whether or not it names a backend: its backend may have left the list. All other bytes stay.
 */
export function withoutPrefixes(cursor: CookieCursor, bytes: Buffer, from: number, to: number): Buffer {
  const target = Buffer.allocUnsafe(to - from);
  let out = 0;
  let copied = from;
  cursor.start(bytes, from, to);
  while (cursor.next()) {
    const delimiter = tildeAt(bytes, cursor.valueFrom, cursor.valueTo);
    if (delimiter < 0) continue;
    out += bytes.copy(target, out, copied, cursor.valueFrom);
    copied = delimiter + 1;
  }
  out += bytes.copy(target, out, copied, to);
  return target.subarray(0, out);
}

/**
 * The value `bytes[from, to)` of a Set-Cookie header with `prefix~` in front of the cookie's value; undefined when it sets
 * a cookie of another name, or an empty value (which is how applications delete their cookie).
 *
 * @param prefix cookie-octets without `~`
 */
export function withPrefix(
  cursor: CookieCursor,
  bytes: Buffer,
  from: number,
  to: number,
  prefix: string,
): Buffer | undefined {
  cursor.startSetCookie(bytes, from, to);
  if (!cursor.next() || cursor.valueFrom === cursor.valueTo) return undefined;
  return Buffer.concat([
    bytes.subarray(from, cursor.valueFrom),
    Buffer.from(prefix + PREFIX_DELIMITER, "latin1"),
    bytes.subarray(cursor.valueFrom, to),
  ]);
}

function tildeAt(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === TILDE) return at;
  return -1;
}
