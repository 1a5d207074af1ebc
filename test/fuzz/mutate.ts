import type { Dice } from "./dice.ts";

/** What readers have disagreed on: bytes, line ends, lengths, and lines that frame a message. */
const FRAGMENTS = [
  ...["\0", "\r", "\n", "\r\n", "\n\n", "\r\r\n", "\r\n\r\n", " ", "\t", "\x0b", "\x7f", "\x80", "\xa0", "\xff"],
  ...[
    ":",
    ";",
    ",",
    "=",
    '"',
    "#",
    "0",
    "+",
    "-",
    "0x",
    "ffffffffffffffff",
    "18446744073709551616",
    "9007199254740992",
  ],
  ...["Content-Length: 0\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: x\r\n"],
  ...["Host: evil\r\n", "Connection: close\r\n", "Connection: content-length\r\n", "Expect: 100-continue\r\n"],
  ...["Upgrade: websocket\r\nConnection: Upgrade\r\n", "Upgrade: h2c\r\n", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0"],
  ...["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "0\r\n\r\n", "5\r\nhello\r\n", "chunked", "CONNECT", "http://a/"],
] as const;

/** Changes `text` in one to four places. `others` are texts to take parts of. */
export function mutate(text: string, dice: Dice, others: readonly string[]): string {
  let changed = text;
  for (let i = 1 + (dice.once(2) ? 0 : dice.below(4)); i > 0; i--) changed = once(changed, dice, others);
  return changed;
}

function once(text: string, dice: Dice, others: readonly string[]): string {
  const at = dice.below(text.length + 1);
  const head = text.slice(0, at);
  const tail = text.slice(at);
  switch (dice.below(9)) {
    case 0: // another byte
      return head + String.fromCharCode(dice.below(256)) + tail.slice(1);
    case 1:
      return head + String.fromCharCode(dice.below(256)) + tail;
    case 2: // some bytes less
      return head + tail.slice(1 + dice.below(4));
    case 3:
      return head + fragment(dice) + tail;
    case 4:
      return head + fragment(dice) + tail.slice(1 + dice.below(8));
    case 5: // a part twice
      return head + tail.slice(0, 1 + dice.below(40)) + tail;
    case 6: {
      // a line end becomes another
      const end = text.indexOf("\r\n", at);
      return end < 0
        ? text
        : text.slice(0, end) + dice.one(["\n", "\r", "\r\n ", "\r\r\n", "", "\0"]) + text.slice(end + 2);
    }
    case 7: {
      // a number becomes another
      const digits = /\d+/.exec(tail);
      if (digits === null) return text;
      const from = at + digits.index;
      return (
        text.slice(0, from) + dice.one(["0", "1", "5", "-1", "+5", "05", "999"]) + text.slice(from + digits[0].length)
      );
    }
    default: {
      const other = others[dice.below(others.length)] ?? "";
      const from = dice.below(other.length);
      return head + other.slice(from, from + 1 + dice.below(120)) + tail;
    }
  }
}

function fragment(dice: Dice): string {
  return FRAGMENTS[dice.below(FRAGMENTS.length)] ?? "";
}
