import { asciiOctets, HYPHEN, octetAt, UNDERSCORE } from "./octets.ts";

/**
 * The field names that mean something to a proxy, or that a trailer section must not hold (RFC 9110, section 6.5.1). The
 * place in this list is the id; 0 stands for every other name.
 */
const NAMES = [
  "",
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "cookie",
  "set-cookie",
  "upgrade",
  "expect",
  "te",
  "trailer",
  "keep-alive",
  "proxy-connection",
  "http2-settings",
  // Ahead of their namesakes below, which are therefore compared first.
  "x_forwarded_for",
  "x_forwarded_proto",
  "x_forwarded_host",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-real-ip",
  "cache-control",
  "expires",
  "authorization",
  "user-agent",
  "content-type",
  "content-encoding",
  "content-range",
  "location",
  "max-forwards",
  "proxy-authorization",
] as const;

export type KnownFieldName = Exclude<(typeof NAMES)[number], "">;

/** Number of ids, that of the unknown names included. */
export const FIELD_ID_COUNT: number = NAMES.length;
export const UNKNOWN_FIELD = 0;

/** The id of each known name. */
export const FIELD: Readonly<Record<KnownFieldName, number>> = Object.freeze(
  Object.fromEntries(NAMES.map((name, id) => [name, id] as const).filter(([name]) => name !== "")) as Record<
    KnownFieldName,
    number
  >,
);

/**
 * What CGI, WSGI and PHP take for the headers with hyphens, as they write both with underscores (RFC 3875, section 4.1.18): a
 * hop that knows only the others would pass a client's claim on. Any of their hyphens may be an underscore.
 */
export const UNDERSCORED_FORWARDING: readonly number[] = [
  FIELD["x_forwarded_for"],
  FIELD["x_forwarded_proto"],
  FIELD["x_forwarded_host"],
];

function idsOf(...names: readonly KnownFieldName[]): Uint8Array {
  const members = new Uint8Array(FIELD_ID_COUNT);
  for (const name of names) members[FIELD[name]] = 1;
  return members;
}

/**
 * Fields that mean this connection only and never travel further (RFC 9110, section 7.6.1). `http2-settings` goes with
 * the h2c upgrade that is never forwarded. Transfer-Encoding is one of them too, but is written anew with the framing.
 */
export const HOP_BY_HOP: Uint8Array = idsOf(
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "upgrade",
  "http2-settings",
);

/**
 * Fields that a `Connection` option cannot take away: they decide where a message ends, where it goes, or who is behind
 * it. A sender must not nominate such fields (RFC 9110, section 7.6.1); one who does it wants to hide them from somebody.
 */
export const NOT_NOMINABLE: Uint8Array = idsOf(
  "host",
  "content-length",
  "transfer-encoding",
  "cookie",
  "set-cookie",
  "cache-control",
  "authorization",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-real-ip",
);

const LETTERS: readonly Uint8Array[] = NAMES.map(asciiOctets);

/** A place for a name by its length and the letters at its ends; few names share one, and the loser is compared next. */
function bucketOf(length: number, first: number, last: number): number {
  return (length * 7 + (first | 0x20) * 3 + (last | 0x20)) & 0xff;
}

interface Buckets {
  /** The first id of a bucket, 0 = none. */
  readonly first: Uint8Array;
  /** The next id in the same bucket, by id. */
  readonly next: Uint8Array;
}

function fillBuckets(): Buckets {
  const first = new Uint8Array(256);
  const next = new Uint8Array(FIELD_ID_COUNT);
  for (const [id, letters] of LETTERS.entries()) {
    if (letters.length === 0) continue;
    const bucket = bucketOf(letters.length, octetAt(letters, 0), octetAt(letters, letters.length - 1));
    next[id] = first[bucket] ?? 0;
    first[bucket] = id;
  }
  return { first, next };
}

const BUCKETS = fillBuckets();

/**
 * The id of the field name in `bytes[from..to)`, which is a token of at least one character; `UNKNOWN_FIELD` for names
 * without one.
 */
export function fieldId(bytes: Uint8Array, from: number, to: number): number {
  const bucket = bucketOf(to - from, octetAt(bytes, from), octetAt(bytes, to - 1));
  let id = BUCKETS.first[bucket] ?? 0;
  while (id !== 0 && !isName(bytes, from, to, LETTERS[id])) id = BUCKETS.next[id] ?? 0;
  return id;
}

function isName(bytes: Uint8Array, from: number, to: number, name: Uint8Array | undefined): boolean {
  if (name === undefined || name.length !== to - from) return false;
  // Known names are letters, digits, hyphens and underscores. Among token characters, setting the bit of lower case maps nothing
  // else onto those.
  for (let i = 0; i < name.length; i++) {
    const octet = octetAt(bytes, from + i);
    if ((octet | 0x20) !== name[i] && !(name[i] === UNDERSCORE && isSeparator(octet))) return false;
  }
  return true;
}

function isSeparator(octet: number): boolean {
  return octet === UNDERSCORE || octet === HYPHEN;
}
