import { FIELD } from "../../http/field-names.ts";
import { FieldLines, type HeadEdits } from "../../http/head-edits.ts";
import { equalsExactly } from "../../http/octets.ts";
import type { ResponseHead } from "../../http/response-head.ts";

/** Statuses that caches keep without being told to (RFC 9110, section 15.1), and 304, which renews what they keep. */
const KEPT_UNASKED: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 304, 308, 404, 405, 410, 414, 501]);

/** Pieces between commas; a comma in quotes separates nothing, and quotes that never end reach to the end. */
const PIECE = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;

const PRIVATE = new FieldLines([{ name: "Cache-Control", value: "private" }]);

/** One line of Cache-Control. */
interface Line {
  readonly octets: Buffer;
  readonly isPrivate: boolean;
  readonly noStore: boolean;
  readonly mustUnderstand: boolean;
  /** Says how long the answer is good for, or that anybody may keep it. */
  readonly saysHowLong: boolean;
  /** What becomes of it: the first line of an answer, and a further one, which may go altogether. */
  readonly asFirst: Buffer;
  readonly asFurther: Buffer | undefined;
}

/**
 * Keeps an answer that carries a cookie of one client out of shared caches, which would hand it to others (RFC 9111, section
 * 7.3): adds `private` to Cache-Control where one might store it (section 3).
 *
 * - Nothing is done where `private` or `no-store` says so already. `private="field"` protects that field alone, and `no-store,
 *   must-understand` may be read as leave to store (section 5.2.2.3), so neither is enough.
 * - Nothing is done where no cache would keep the answer: nobody says how long it is good for (`public`, `max-age`,
 *   `s-maxage`, Expires), and its status is not kept unasked or the request did not only read.
 * - `public` and `s-maxage` speak to shared caches and are taken out: they must not contradict. `max-age` and all others
 *   stay, so the browser's own cache works as before.
 * - `private` comes first, ahead of whatever might be malformed.
 *
 * Headers that speak to one kind of cache (CDN-Cache-Control, RFC 9213) are the operator's own word to his own cache, and left
 * alone.
 */
export class CachePrivacy {
  /** The line seen last: an application says the same again and again. */
  #last: Line | undefined;

  /** @param isRead the request was a GET or HEAD */
  keep(head: ResponseHead, edits: HeadEdits, isRead: boolean): void {
    const { fields } = head;
    const first = fields.first(FIELD["cache-control"]);
    let isPrivate = false;
    let noStore = false;
    let mustUnderstand = false;
    let mayBeStored = (isRead && KEPT_UNASKED.has(head.status)) || fields.first(FIELD.expires) >= 0;
    for (let row = first; row >= 0; row = fields.next(FIELD["cache-control"], row)) {
      const line = this.#lineAt(head, row);
      isPrivate ||= line.isPrivate;
      noStore ||= line.noStore;
      mustUnderstand ||= line.mustUnderstand;
      mayBeStored ||= line.saysHowLong;
    }
    if (!mayBeStored || isPrivate || (noStore && !mustUnderstand)) return;
    if (first < 0) {
      edits.addLines(PRIVATE);
      return;
    }
    for (let row = first; row >= 0; row = fields.next(FIELD["cache-control"], row)) {
      const { asFirst, asFurther } = this.#lineAt(head, row);
      const value = row === first ? asFirst : asFurther;
      if (value === undefined) edits.remove(row);
      else edits.replaceValue(row, value);
    }
  }

  #lineAt({ fields, source }: ResponseHead, row: number): Line {
    const from = fields.valueStart[row] ?? 0;
    const to = fields.valueEnd[row] ?? 0;
    const last = this.#last;
    if (last !== undefined && equalsExactly(source, from, to, last.octets)) return last;
    const line = readLine(Buffer.from(source.subarray(from, to)));
    this.#last = line;
    return line;
  }
}

function readLine(octets: Buffer): Line {
  const directives = directivesOf(octets.toString("latin1"));
  const has = (...names: readonly string[]): boolean => directives.some(({ name }) => names.includes(name));
  const kept = directives.filter((directive) => !speaksToSharedCaches(directive)).map(({ text }) => text);
  return {
    octets,
    isPrivate: directives.some(({ name, hasArgument }) => name === "private" && !hasArgument),
    noStore: has("no-store"),
    mustUnderstand: has("must-understand"),
    saysHowLong: has("public", "max-age", "s-maxage"),
    asFirst: Buffer.from(["private", ...kept].join(", "), "latin1"),
    asFurther: kept.length === 0 ? undefined : Buffer.from(kept.join(", "), "latin1"),
  };
}

/** One directive, `text` as it stands there. */
interface Directive {
  readonly name: string;
  readonly text: string;
  readonly hasArgument: boolean;
}

function directivesOf(value: string): readonly Directive[] {
  return (value.match(PIECE) ?? []).flatMap((piece) => {
    const text = piece.replace(/^[ \t]+|[ \t]+$/g, "");
    const [name = ""] = text.split(/[ \t]*=/, 1);
    return text === "" ? [] : [{ name: name.toLowerCase(), text, hasArgument: text.includes("=") }];
  });
}

/** `private` with an argument too: without one it says more. */
function speaksToSharedCaches({ name }: Directive): boolean {
  return name === "public" || name === "s-maxage" || name === "private";
}
