import { CookieCursor, cookieNameBytes } from "../../http/cookie-header.ts";
import { FIELD } from "../../http/field-names.ts";
import { asciiOctets } from "../../http/octets.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { queryValue } from "../../http/session-id.ts";
import type { FieldSource } from "./options.ts";

/** Reads one part of a request head as text (latin1), as it stands there; undefined when it is missing or empty. */
export type ReadRequestField = (head: RequestHead) => string | undefined;

/** The first value that is not empty counts, of a parameter of the query the first of all. */
export function requestField(source: FieldSource): ReadRequestField {
  switch (source.kind) {
    case "cookie":
      return cookieField(source.name);
    case "header":
      return headerField(source.name);
    case "query": {
      const name = cookieNameBytes(source.name);
      return (head) => queryValue(head.source, head.targetStart, head.targetEnd, name);
    }
  }
}

function cookieField(cookieName: string): ReadRequestField {
  const cursor = new CookieCursor(cookieNameBytes(cookieName));
  return ({ fields, source }) => {
    for (let row = fields.first(FIELD.cookie); row >= 0; row = fields.next(FIELD.cookie, row)) {
      cursor.start(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0);
      while (cursor.next()) if (cursor.valueFrom < cursor.valueTo) return cursor.value();
    }
    return undefined;
  };
}

function headerField(headerName: string): ReadRequestField {
  const name = asciiOctets(headerName.toLowerCase());
  return ({ fields, source }) => {
    for (let row = fields.find(source, name); row >= 0; row = fields.find(source, name, row + 1)) {
      const from = fields.valueStart[row] ?? 0;
      const to = fields.valueEnd[row] ?? 0;
      if (from < to) return source.toString("latin1", from, to);
    }
    return undefined;
  };
}
