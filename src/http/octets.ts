/** The bytes that HTTP/1.1 gives a meaning to. */
export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const DQUOTE = 0x22;
export const PERCENT = 0x25;
export const ASTERISK = 0x2a;
export const COMMA = 0x2c;
export const HYPHEN = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const DIGIT_0 = 0x30;
export const DIGIT_1 = 0x31;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const QUESTION = 0x3f;
export const LEFT_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const RIGHT_BRACKET = 0x5d;
export const UNDERSCORE = 0x5f;

const DIGITS = "0123456789";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** One entry a byte, 1 = the byte belongs to the class. One table a class: one load decides, without a mask. */
export type OctetClass = Uint8Array;

function octetsOf(text: string): OctetClass {
  const members = new Uint8Array(256);
  for (let i = 0; i < text.length; i++) members[text.charCodeAt(i)] = 1;
  return members;
}

function octetsWhere(belongs: (octet: number) => boolean): OctetClass {
  return Uint8Array.from({ length: 256 }, (_, octet) => (belongs(octet) ? 1 : 0));
}

/** tchar (RFC 9110, section 5.6.2): methods, field names, connection options, codings. */
export const TOKEN: OctetClass = octetsOf(`!#$%&'*+-.^_\`|~${DIGITS}${LETTERS}`);

/** What a field value or a reason phrase may hold (RFC 9110, section 5.5): VCHAR, obs-text, SP, HTAB. */
export const FIELD_VALUE: OctetClass = octetsWhere((octet) => octet === HTAB || (octet >= SP && octet !== 0x7f));

/** What a request target may hold: the visible ASCII characters except `#`, which never leaves the client (RFC 9112, section 3.2). */
export const TARGET: OctetClass = octetsWhere((octet) => octet > SP && octet < 0x7f && octet !== 0x23);

/**
 * reg-name (RFC 3986, section 3.2.2) without the comma, which would make two hosts of one, and without the percent sign,
 * which is looked at with its digits.
 */
export const REG_NAME: OctetClass = octetsOf(`-._~!$&'()*+;=${DIGITS}${LETTERS}`);

/** qdtext (RFC 9110, section 5.6.4). */
export const QUOTED_TEXT: OctetClass = octetsWhere(
  (octet) => FIELD_VALUE[octet] === 1 && octet !== DQUOTE && octet !== BACKSLASH,
);

/** The value of a hexadecimal digit, 255 for every other byte. */
export const HEX_VALUE: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(octet).toLowerCase());
  return digit >= 0 ? digit : 255;
});

/** A to Z become a to z, every other byte stays: case folding that knows no language and no encoding. */
export const LOWER_CASE: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet,
);

export function isDigit(octet: number): boolean {
  return octet >= DIGIT_0 && octet <= 0x39;
}

/** The byte at `at`. Callers stay within the bounds; outside of them it reads as 0, which no rule accepts. */
export function octetAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/**
 * The first position from `from` on whose byte does not belong to `members`, at most `to`. The inner loop of every scan:
 * four bytes a turn cost about a quarter less than one.
 */
export function runEnd(members: OctetClass, bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const lastFour = to - 3;
  while (
    at < lastFour &&
    members[octetAt(bytes, at)] === 1 &&
    members[octetAt(bytes, at + 1)] === 1 &&
    members[octetAt(bytes, at + 2)] === 1 &&
    members[octetAt(bytes, at + 3)] === 1
  ) {
    at += 4;
  }
  while (at < to && members[octetAt(bytes, at)] === 1) at++;
  return at;
}

/** Four times the same byte. */
const FOUR_01 = 0x01010101;
const FOUR_SP = 0x20202020;
const FOUR_7F = 0x7f7f7f7f;
const FOUR_HIGH_BITS = 0x80808080;

/**
 * As `runEnd(FIELD_VALUE, …)`, with one look at four bytes. `word - FOUR_SP` sets the high bit of the first byte that is below SP,
 * and of none if there is no such byte ("hasless" and "haszero" of Anderson, Bit Twiddling Hacks): the lowest of `marks` stands
 * where a value ends, unless that is a tab. Values are most of a head, so a scan takes a quarter less time.
 *
 * @param words over the same memory as `bytes`
 */
export function valueRunEnd(words: DataView, bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const lastFour = to - 3;
  while (at < lastFour) {
    const word = words.getInt32(at, true);
    const without7f = word ^ FOUR_7F;
    const marks = (((word - FOUR_SP) & ~word) | ((without7f - FOUR_01) & ~without7f)) & FOUR_HIGH_BITS;
    if (marks !== 0) {
      at += (31 - Math.clz32(marks & -marks)) >>> 3;
      if (bytes[at] !== HTAB) return at;
      break;
    }
    at += 4;
  }
  while (at < to && FIELD_VALUE[octetAt(bytes, at)] === 1) at++;
  return at;
}

/** ASCII text as bytes. */
export function asciiOctets(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Whether `bytes[from..to)` is `word` without regard to the case of letters. `word` is in lower case. */
export function equalsIgnoringCase(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (LOWER_CASE[octetAt(bytes, from + i)] !== word[i]) return false;
  return true;
}

/** Whether `bytes[from..to)` is exactly `word`. */
export function equalsExactly(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false;
  return true;
}

/** The first position from `from` on that is neither SP nor HTAB, at most `to`. */
export function skipBlank(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === SP || bytes[at] === HTAB)) at++;
  return at;
}

/** The end of `bytes[from..to)` without the SP and HTAB behind it. */
export function trimBlank(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && (bytes[at - 1] === SP || bytes[at - 1] === HTAB)) at--;
  return at;
}
