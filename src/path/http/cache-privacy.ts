import { FIELD } from "../../http/field-names.ts";
import type { HeadEdits } from "../../http/head-edits.ts";
import type { ResponseHead } from "../../http/response-head.ts";

/** Statuses that caches keep without being told to (RFC 9110, section 15.1), and 304, which renews what they keep. */
const KEPT_UNASKED: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 304, 308, 404, 405, 410, 414, 501]);

/** Pieces between commas; a comma in quotes separates nothing, and quotes that never end reach to the end. */
const PIECE = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;

/** One directive of Cache-Control, `text` as it stands there. */
interface Directive {
  readonly name: string;
  readonly text: string;
  readonly hasArgument: boolean;
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
 *
 * @param isRead the request was a GET or HEAD
 */
export function keepPrivate(head: ResponseHead, edits: HeadEdits, isRead: boolean): void {
  const { fields, source } = head;
  const id = FIELD["cache-control"];
  const rows: { readonly row: number; readonly directives: readonly Directive[] }[] = [];
  for (let row = fields.first(id); row >= 0; row = fields.next(id, row)) {
    const value = source.toString("latin1", fields.valueStart[row], fields.valueEnd[row]);
    rows.push({ row, directives: directivesOf(value) });
  }
  const all = rows.flatMap(({ directives }) => directives);
  const isSaid = isKeptFromSharedCaches(all) || !mayBeStored(all, head, isRead);
  if (isSaid) return;
  if (rows.length === 0) {
    edits.addField("Cache-Control", "private");
    return;
  }
  for (const [index, { row, directives }] of rows.entries()) {
    const kept = directives.filter((directive) => !speaksToSharedCaches(directive)).map(({ text }) => text);
    const texts = index === 0 ? ["private", ...kept] : kept;
    if (texts.length === 0) edits.remove(row);
    else edits.replaceValue(row, Buffer.from(texts.join(", "), "latin1"));
  }
}

function directivesOf(value: string): readonly Directive[] {
  return (value.match(PIECE) ?? []).flatMap((piece) => {
    const text = piece.replace(/^[ \t]+|[ \t]+$/g, "");
    const [name = ""] = text.split(/[ \t]*=/, 1);
    return text === "" ? [] : [{ name: name.toLowerCase(), text, hasArgument: text.includes("=") }];
  });
}

function isKeptFromSharedCaches(directives: readonly Directive[]): boolean {
  const has = (name: string): boolean => directives.some((directive) => directive.name === name);
  if (directives.some(({ name, hasArgument }) => name === "private" && !hasArgument)) return true;
  return has("no-store") && !has("must-understand");
}

function mayBeStored(directives: readonly Directive[], head: ResponseHead, isRead: boolean): boolean {
  if (isRead && KEPT_UNASKED.has(head.status)) return true;
  if (head.fields.first(FIELD.expires) >= 0) return true;
  return directives.some(({ name }) => name === "public" || name === "max-age" || name === "s-maxage");
}

/** `private` with an argument too: without one it says more. */
function speaksToSharedCaches({ name }: Directive): boolean {
  return name === "public" || name === "s-maxage" || name === "private";
}
