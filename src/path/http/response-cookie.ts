import type { CookieCursor } from "../../http/cookie-header.ts";
import { FIELD } from "../../http/field-names.ts";
import type { ResponseHead } from "../../http/response-head.ts";

/**
 * The next line behind `row` (-1 = from the first) that sets the cursor's cookie, with the cursor on its value; -1 when there
 * is none.
 */
export function nextSetCookie(cursor: CookieCursor, { fields, source }: ResponseHead, row: number): number {
  const id = FIELD["set-cookie"];
  let next = row < 0 ? fields.first(id) : fields.next(id, row);
  for (; next >= 0; next = fields.next(id, next)) {
    cursor.startSetCookie(source, fields.valueStart[next] ?? 0, fields.valueEnd[next] ?? 0);
    if (cursor.next()) return next;
  }
  return -1;
}
