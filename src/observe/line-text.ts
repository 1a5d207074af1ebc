/** Control, format (bidirectional overrides among them) and surrogate characters, line and paragraph separators. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, "gu");
const NEEDS_JSON_ESCAPE = /["\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const NEEDS_QUOTES = /[\s="\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeUnprintable(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  let text = "";
  for (let i = 0; i < character.length; i++) text += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  return text;
}

/**
 * `text` on one line and without anything that a terminal would obey: what cannot be printed becomes `\n`, `\r`, `\t`
 * or `\u….` Against log injection (CWE-117): a value from outside can neither start a line of its own nor colour one.
 */
export function printable(text: string): string {
  return UNPRINTABLE.test(text) ? text.replace(ALL_UNPRINTABLE, escapeUnprintable) : text;
}

/** `text` as a JSON string (RFC 8259 §7) that is printable, too: DEL, C1 controls and the like are escaped as well. */
export function jsonText(text: string): string {
  return NEEDS_JSON_ESCAPE.test(text) ? printable(JSON.stringify(text)) : `"${text}"`;
}

/** A value as JSON; a number that JSON does not have (Infinity) as a string. */
export function jsonValue(value: string | number | boolean): string {
  if (typeof value === "string") return jsonText(value);
  return typeof value === "number" && !Number.isFinite(value) ? `"${value}"` : String(value);
}

/** A value for `key=value`: quoted, as in JSON, when it is empty or holds a blank, `=`, `"`, `\` or something unprintable. */
export function logfmtValue(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  return value === "" || NEEDS_QUOTES.test(value) ? jsonText(value) : value;
}
