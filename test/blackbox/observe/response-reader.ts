import { type Field, lengthOf, MessageReader, valuesOf } from "./message-reader.ts";

const STATUS_LINE = /^HTTP\/1\.[01] ([1-9][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/** The status of a status line. */
export function statusOf(startLine: string): number {
  return Number(STATUS_LINE.exec(startLine)?.[1] ?? 0);
}

/**
 * Reads what a client received.
 *
 * @param methods of the requests it sent, in order; GET for all that are not listed
 */
export function responseReader(methods: readonly string[] = []): MessageReader {
  let finals = 0;
  return new MessageReader({
    framing: (startLine, fields) => {
      const status = statusOf(startLine);
      if (status === 0) return `no status line: ${JSON.stringify(startLine)}`;
      if (status === 101) return { kind: "tunnel" };
      if (status < 200) return { kind: "none" };
      const method = methods[finals++] ?? "GET";
      if (method === "HEAD" || status === 204 || status === 304) return { kind: "none" };
      if (method === "CONNECT" && status < 300) return { kind: "tunnel" };
      return isCodedUntilClose(fields) ? { kind: "until-close" } : (lengthOf(fields) ?? { kind: "until-close" });
    },
  });
}

/** A well-formed coding that is not chunked at its end: the end of the connection ends the body (RFC 9112, section 6.3). */
function isCodedUntilClose(fields: readonly Field[]): boolean {
  const codings = valuesOf(fields, "transfer-encoding");
  return (
    codings.length === 1 &&
    valuesOf(fields, "content-length").length === 0 &&
    /^(?:chunked, )?[a-z]+$/.test(codings[0] ?? "") &&
    codings[0] !== "chunked"
  );
}
