import { FIELD } from "./field-names.ts";
import type { FieldTable } from "./field-table.ts";
import { isToken, MemberList } from "./member-list.ts";
import { asciiOctets, equalsIgnoringCase, SLASH } from "./octets.ts";

/** Names under which HTTP itself is asked for: `h2c`, `h2`, `HTTP/2.0`. */
const HTTP_NAMES = ["h2c", "h2", "http"].map(asciiOctets);
const WEBSOCKET = asciiOctets("websocket");

/**
 * What an `Upgrade` line asks for (RFC 9110, section 7.8). HTTP/2 is never asked for in a client's name: behind an h2c
 * upgrade it could send requests that nobody here sees. Reused from message to message.
 */
export class UpgradeWish {
  /** There is one line of well-formed protocols, none of them HTTP/2. */
  present = false;
  /** The value of the line when `present`. */
  start = 0;
  end = 0;
  /** `websocket` is the only protocol (RFC 6455, section 4.1). */
  webSocket = false;
  readonly #members = new MemberList();

  clear(): void {
    this.present = false;
    this.webSocket = false;
    this.start = 0;
    this.end = 0;
  }

  read(fields: FieldTable, source: Uint8Array): void {
    this.clear();
    if (fields.howMany(FIELD.upgrade) !== 1) return;
    const row = fields.first(FIELD.upgrade);
    const from = fields.valueStart[row] ?? 0;
    const to = fields.valueEnd[row] ?? 0;
    const members = this.#members;
    members.over(source, from, to);
    let count = 0;
    while (members.next()) {
      count++;
      if (!isForwardable(source, members.start, members.end)) return;
    }
    if (count === 0) return;
    this.present = true;
    this.start = from;
    this.end = to;
    this.webSocket = equalsIgnoringCase(source, from, to, WEBSOCKET);
  }
}

/** token [ "/" token ] that is not HTTP. */
function isForwardable(source: Uint8Array, from: number, to: number): boolean {
  let slash = from;
  while (slash < to && source[slash] !== SLASH) slash++;
  if (!isToken(source, from, slash) || (slash < to && !isToken(source, slash + 1, to))) return false;
  return !HTTP_NAMES.some((name) => equalsIgnoringCase(source, from, slash, name));
}
