import { FIELD, NOT_NOMINABLE } from "./field-names.ts";
import type { FieldTable } from "./field-table.ts";
import { MemberList } from "./member-list.ts";
import { asciiOctets, equalsIgnoringCase, LOWER_CASE } from "./octets.ts";

/**
 * Other options than `close`, `keep-alive`, `te` and `upgrade` that one message may name. Each costs a walk over all
 * lines; honest messages name one or two.
 */
export const MAX_NOMINATIONS = 32;

const CLOSE = asciiOctets("close");
const KEEP_ALIVE = asciiOctets("keep-alive");
const UPGRADE = asciiOctets("upgrade");
const TE = asciiOctets("te");

/** What all `Connection` lines of a message say together (RFC 9110, section 7.6.1). Reused from message to message. */
export class ConnectionOptions {
  close = false;
  keepAlive = false;
  upgrade = false;
  readonly #members = new MemberList();

  /**
   * Reads the options and marks the lines that they name as going no further, but for those that nobody may take away.
   *
   * @returns false when an option is no token or there are too many of them
   */
  read(fields: FieldTable, source: Uint8Array): boolean {
    this.close = false;
    this.keepAlive = false;
    this.upgrade = false;
    let nominations = 0;
    const id = FIELD.connection;
    for (let row = fields.first(id); row >= 0; row = fields.next(id, row)) {
      const members = this.#members;
      members.over(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0);
      while (members.next()) {
        if (members.is(KEEP_ALIVE)) this.keepAlive = true;
        else if (members.is(CLOSE)) this.close = true;
        else if (members.is(UPGRADE)) this.upgrade = true;
        else if (members.is(TE)) continue;
        else if (!members.isToken() || ++nominations > MAX_NOMINATIONS) return false;
        else nominate(fields, source, members.start, members.end);
      }
    }
    return true;
  }
}

/** Marks the lines whose name is `source[from..to)`. */
function nominate(fields: FieldTable, source: Uint8Array, from: number, to: number): void {
  const name = source.subarray(from, to).map((octet) => LOWER_CASE[octet] ?? 0);
  for (let row = 0; row < fields.count; row++) {
    if (NOT_NOMINABLE[fields.nameId[row] ?? 0] === 1) continue;
    if (equalsIgnoringCase(source, fields.lineStart[row] ?? 0, fields.nameEnd[row] ?? 0, name))
      fields.hopByHop[row] = 1;
  }
}
