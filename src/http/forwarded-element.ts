import { trim } from "./forwarding-rules.ts";

/** What one proxy said in a Forwarded header (RFC 7239, section 4). Names are in lower case, quotes are resolved. */
export type ForwardedElement = ReadonlyMap<string, string>;

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const QUOTED = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"';
/** Unquoted values may hold `:`, `[` and `]`: many proxies forget the quotes around a port or an IPv6 address. */
const PAIR = new RegExp(`^(${TOKEN})=(${QUOTED}|[!#$%&'*+\\-.^_\`|~0-9A-Za-z:[\\]]+)$`);

/**
 * Where the last element of a Forwarded value begins: the index of the comma in front of it, -1 if there is none.
 *
 * Read from right to left, so that nothing a client wrote on the left, e.g. a quote that is never closed, can swallow what a
 * trusted proxy wrote behind it. In a valid value both directions agree: from the right, a quoted string begins at the first
 * `"` that has an even number of backslashes in front of it.
 */
export function lastForwardedComma(value: string): number {
  let quoted = false;
  for (let at = value.length - 1; at >= 0; at--) {
    const char = value[at];
    if (char === '"') quoted = quoted ? backslashesBefore(value, at) % 2 === 1 : true;
    else if (char === "," && !quoted) return at;
  }
  return -1;
}

/**
 * Reads one element. Blanks around `;` are allowed, as most do. Undefined when it is malformed or says a thing twice (RFC
 * 7239, section 4: each parameter must not occur more than once).
 */
export function readForwardedElement(text: string): ForwardedElement | undefined {
  const element = new Map<string, string>();
  for (const part of partsOf(text)) {
    if (part === "") continue;
    const [, name = "", value = ""] = PAIR.exec(part) ?? [];
    const key = name.toLowerCase();
    if (key === "" || element.has(key)) return undefined;
    element.set(key, value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value);
  }
  return element;
}

/** Writes an element; undefined values are left out. What is no token is quoted (RFC 7239, section 4). */
export function writeForwardedElement(pairs: Readonly<Record<string, string | undefined>>): string {
  const isToken = new RegExp(`^${TOKEN}$`);
  return Object.entries(pairs)
    .flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
    .map(([name, value]) => `${name}=${isToken.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`)
    .join(";");
}

/** The parts between the `;` that stand outside of quoted strings. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted && char === "\\") at++;
    else if (char === '"') quoted = !quoted;
    else if (char === ";" && !quoted) {
      parts.push(trim(text.slice(from, at)));
      from = at + 1;
    }
  }
  parts.push(trim(text.slice(from)));
  return parts;
}

function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (text[at - 1 - count] === "\\") count++;
  return count;
}
