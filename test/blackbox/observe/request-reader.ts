import { lengthOf, MessageReader } from "./message-reader.ts";

const REQUEST_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e]+ HTTP\/1\.[01]$/;

/** Reads what a backend received. */
export function requestReader(): MessageReader {
  return new MessageReader({
    framing: (startLine, fields) => {
      if (!REQUEST_LINE.test(startLine)) return `no request line: ${JSON.stringify(startLine)}`;
      const framing = lengthOf(fields) ?? { kind: "none" };
      if (typeof framing !== "string" && framing.kind === "chunked" && startLine.endsWith("1.0"))
        return "Transfer-Encoding in a message of HTTP/1.0";
      return framing;
    },
  });
}

/** The three parts of a request line. */
export function partsOf(startLine: string): {
  readonly method: string;
  readonly target: string;
  readonly version: string;
} {
  const [method = "", target = "", version = ""] = startLine.split(" ");
  return { method, target, version };
}
