import { CookieCursor, cookieNameBytes } from "../../http/cookie-header.ts";
import { FIELD } from "../../http/field-names.ts";
import { asciiOctets } from "../../http/octets.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { queryValue } from "../../http/session-id.ts";
import type { FieldSource } from "./options.ts";

/** Reads one part of a request head as text (latin1), as it stands there; undefined when it is missing or empty. */
export type ReadRequestField = (head: RequestHead) => string | undefined;

/** Hands over one value after the other until `isEnough` says true. */
export type ReadRequestFields = (head: RequestHead, isEnough: (value: string) => boolean) => void;

/** The first value that is not empty counts. */
export function requestField(source: FieldSource): ReadRequestField {
  const readAll = requestFields(source);
  let first: string | undefined;
  const isFirst = (value: string): boolean => {
    first = value;
    return true;
  };
  return (head) => {
    first = undefined;
    readAll(head, isFirst);
    return first;
  };
}

/** All values that are not empty, in order; of a parameter of the query the first alone. */
export function requestFields(source: FieldSource): ReadRequestFields {
  switch (source.kind) {
    case "cookie":
      return cookieFields(source.name);
    case "header":
      return headerFields(source.name);
    case "query": {
      const name = cookieNameBytes(source.name);
      return (head, isEnough) => {
        const value = queryValue(head.source, head.targetStart, head.targetEnd, name);
        if (value !== undefined) isEnough(value);
      };
    }
  }
}

function cookieFields(cookieName: string): ReadRequestFields {
  const cursor = new CookieCursor(cookieNameBytes(cookieName));
  return ({ fields, source }, isEnough) => {
    for (let row = fields.first(FIELD.cookie); row >= 0; row = fields.next(FIELD.cookie, row)) {
      cursor.start(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0);
      while (cursor.next()) if (cursor.valueFrom < cursor.valueTo && isEnough(cursor.value())) return;
    }
  };
}

function headerFields(headerName: string): ReadRequestFields {
  const name = asciiOctets(headerName.toLowerCase());
  return ({ fields, source }, isEnough) => {
    for (let row = fields.find(source, name); row >= 0; row = fields.find(source, name, row + 1)) {
      const from = fields.valueStart[row] ?? 0;
      const to = fields.valueEnd[row] ?? 0;
      if (from < to && isEnough(source.toString("latin1", from, to))) return;
    }
  };
}
