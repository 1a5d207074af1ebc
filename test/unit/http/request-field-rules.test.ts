import { requestReader } from "../../support/http-messages.ts";
import { describeRules } from "../../support/http-rules.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n";
const lines = (...fields: readonly string[]): string => `${GET}${fields.map((field) => `${field}\r\n`).join("")}\r\n`;

/** The numbers in front are those of the rule; those of RFCs are sections. */
describe("request fields, rule by rule", () => {
  describeRules(requestReader(), {
    "4: a field name is a token with its colon at once (RFC 9112, 5.1)": {
      accepted: [lines("X:1"), lines("X-!#$%&'*+.^_`|~9: 1"), lines("x:"), lines("x: :")],
      refused: [
        [
          400,
          "field-name",
          [
            lines("X : 1"),
            lines("X\t: 1"),
            lines(": 1"),
            lines("X"),
            lines("X Y: 1"),
            lines("X\x01: 1"),
            lines("X\xe9: 1"),
            lines("X(1): 1"),
            lines("X\x7f: 1"),
            lines("Transfer-Encoding : chunked"),
            lines("Content-Length\x0b: 5"),
            lines('"X": 1'),
            lines("X/Y: 1"),
          ],
        ],
        [400, "nul", [lines("X\0: 1"), lines("\0: 1")]],
        [400, "bare-lf", [lines("X\n: 1"), lines("X\nY: 1")]],
      ],
    },
    "5: no NUL, CR or LF in a value, every line ends with CR LF (RFC 9110, 5.5; RFC 9112, 2.2)": {
      accepted: [lines("X: a\tb \xe9\xff !~"), lines("X:\t \t"), lines('X: "a\\')],
      refused: [
        [400, "nul", [lines("X: a\0b"), lines("X: \0"), lines("X: a\0")]],
        [
          400,
          "bare-cr",
          [
            lines("X: a\rb"),
            lines("X: \r"),
            lines("X: a\r\rb: c"),
            "GET / HTTP/1.1\rHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
          ],
        ],
        [
          400,
          "bare-lf",
          [
            lines("X: a\nY: b"),
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            `${GET}X: a\n\r\n`,
            "GET / HTTP/1.1\r\nHost: a\n\n",
            `${GET}\n`,
            "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
          ],
        ],
        [
          400,
          "field-value",
          [lines("X: a\x01"), lines("X: \x7f"), lines("X: a\x0bb"), lines("X: \x1f"), lines("X: a\x0c")],
        ],
      ],
    },
    "6: the head ends with CR LF CR LF only (RFC 9112, 2.2)": {
      accepted: [lines()],
      refused: [[400, "end-of-head", [`${GET}\rX: 1\r\n\r\n`, `${GET}\r\r\n`, `${GET}\r\0`, `${GET}\r `]]],
    },
    "7: no folded lines (RFC 9112, 5.2)": {
      accepted: [],
      refused: [
        [
          400,
          "obs-fold",
          [
            lines("X: a", " b"),
            lines("X: a", "\tb"),
            lines("Content-Length: 5", " 6"),
            lines("Transfer-Encoding:", " chunked"),
            "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
            `${GET} \r\n\r\n`,
          ],
        ],
      ],
    },
    "22: Connection is a list of tokens (RFC 9110, 7.6.1)": {
      accepted: [
        lines("Connection:"),
        lines("Connection: ,, a ,"),
        lines("Connection: close", "Connection: x, y"),
        lines(`Connection: ${Array.from({ length: 32 }, (_, i) => `o${i}`).join()}`),
      ],
      refused: [
        [
          400,
          "connection",
          [
            lines("Connection: a b"),
            lines("Connection: close;x"),
            lines('Connection: "close"'),
            lines("Connection: keep-alive, \xe9"),
            lines(`Connection: ${Array.from({ length: 33 }, (_, i) => `o${i}`).join()}`),
          ],
        ],
      ],
    },
  });
});
