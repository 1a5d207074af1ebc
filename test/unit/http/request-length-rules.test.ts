import { requestReader } from "../../support/http-messages.ts";
import { describeRules } from "../../support/http-rules.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n";
const lines = (...fields: readonly string[]): string => `${GET}${fields.map((field) => `${field}\r\n`).join("")}\r\n`;
const length = (value: string): string => lines(`Content-Length:${value}`);
const coding = (value: string): string => lines(`Transfer-Encoding:${value}`);

/** The numbers in front are those of the rule; those of RFCs are sections. */
describe("request lengths, rule by rule", () => {
  describeRules(requestReader(), {
    "1: the length has one source (RFC 9112, 6.1, 6.3)": {
      accepted: [length(" 5"), coding(" chunked"), lines()],
      refused: [
        [
          400,
          "transfer-encoding-and-length",
          [
            lines("Content-Length: 5", "Transfer-Encoding: chunked"),
            lines("Transfer-Encoding: chunked", "Content-Length: 0"),
            lines("transfer-encoding: gzip", "content-length: x"),
          ],
        ],
      ],
    },
    "2: Content-Length is digits, once, up to 2^53 - 1 (RFC 9110, 8.6)": {
      accepted: ["0", " 5", "5", "\t5\t ", " 0005", " 9007199254740991", ` ${"0".repeat(16)}1`].map(length),
      refused: [
        [
          400,
          "content-length",
          [
            "+5",
            "-5",
            "0x5",
            "1_0",
            "5e0",
            "5.0",
            "",
            " ",
            "5,",
            "5, 5",
            "5 6",
            "5;x",
            "\xb2",
            "\u00665",
            "0b1",
            "5Z",
            "\xa05",
            `${"0".repeat(17)}1`,
          ].map(length),
        ],
        [
          413,
          "content-length-too-large",
          [
            "9007199254740992",
            "9007199254740993",
            "18446744073709551616",
            "18446744073709551618",
            "9".repeat(400),
            `0${"9".repeat(17)}`,
          ].map(length),
        ],
        [
          400,
          "content-length-repeated",
          [
            lines("Content-Length: 5", "Content-Length: 5"),
            lines("Content-Length: 5", "content-length: 6"),
            lines("Content-Length: 5", "Content-Length:"),
          ],
        ],
      ],
    },
    "3: Transfer-Encoding is exactly chunked (RFC 9112, 6.1)": {
      accepted: ["chunked", " Chunked", "\tCHUNKED\t"].map(coding),
      refused: [
        [
          400,
          "transfer-encoding",
          [
            "",
            " ",
            "chunked,",
            ",chunked",
            "chunked, chunked",
            "chunked, gzip",
            "gzip",
            "identity",
            "xchunked",
            "chunked;q=1",
            "chunked x",
            '"chunked"',
            "chunke",
            "chunked\xa0",
            "chun\xadked",
            "gzip;x=1, chunked",
            ",gzip, chunked",
          ].map(coding),
        ],
        [
          501,
          "transfer-coding-unknown",
          ["gzip, chunked", "identity,chunked", " x , CHUNKED", "gzip,,deflate, chunked"].map(coding),
        ],
        [
          400,
          "transfer-encoding-repeated",
          [
            lines("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
            lines("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"),
            lines("Transfer-Encoding: chunked", "Transfer-Encoding:"),
          ],
        ],
      ],
    },
    "20: no Transfer-Encoding in HTTP/1.0 (RFC 9112, 6.1)": {
      accepted: ["POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n"],
      refused: [
        [
          400,
          "transfer-encoding-in-1.0",
          [
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\nHost: a\r\n\r\n",
          ],
        ],
      ],
    },
  });
});
