import { lengthOf, MessageReader, type ReadMessage } from "../blackbox/observe/message-reader.ts";

const REQUEST_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21\x22\x24-\x7e]+ HTTP\/1\.[0-9]$/;
const LEADING = /^(?:\r\n)+/;

/**
 * The requests in `text` up to the first fault, as the slow reader sees them. A balancer may accept fewer, because it has
 * more reasons to refuse one; never more, and never other ones.
 */
export function requestsIn(text: string): readonly ReadMessage[] {
  const reader = new MessageReader({
    framing: (startLine, fields) => {
      if (!REQUEST_LINE.test(startLine)) return "no request line";
      return lengthOf(fields) ?? { kind: "none" };
    },
    // RFC 9112, section 2.2: empty lines ahead of a request are skipped.
    skip: LEADING,
  });
  reader.feed(Buffer.from(text, "latin1"));
  return reader.messages.filter(({ complete }) => complete);
}
