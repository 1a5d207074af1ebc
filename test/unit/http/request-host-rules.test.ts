import { requestReader } from "../../support/http-messages.ts";
import { describeRules } from "../../support/http-rules.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n";
const lines = (...fields: readonly string[]): string => `${GET}${fields.map((field) => `${field}\r\n`).join("")}\r\n`;
const host = (value: string): string => `GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n`;

/** The numbers in front are those of the rule; those of RFCs are sections. */
describe("request hosts, rule by rule", () => {
  describeRules(requestReader(), {
    "17: CONNECT (RFC 9110, 9.3.6)": {
      accepted: ["connect / HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECTX / HTTP/1.1\r\nHost: a\r\n\r\n"],
      refused: [
        [
          405,
          "connect",
          [
            "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
            "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT 127.0.0.1:22 HTTP/1.0\r\n\r\n",
          ],
        ],
      ],
    },
    "18: one valid Host (RFC 9112, 3.2)": {
      accepted: [
        ...[
          "a",
          "a:80",
          "a:",
          "A-b.c_d~e",
          "127.0.0.1:8080",
          "[::1]",
          "[2001:db8::1]:443",
          "[::ffff:1.2.3.4]",
          "[1:2:3:4:5:6:7:8]",
          "[1:2:3:4:5:6:1.2.3.4]",
          "[1::]",
          "xn--caf-dma.example",
          "a%20b",
          "",
          "a!$&'()*+;=b",
          "a:65535",
          "a:00080",
        ].map(host),
        "GET / HTTP/1.0\r\n\r\n",
      ],
      refused: [
        [
          400,
          "host-missing",
          ["GET / HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\nX: 1\r\n\r\n", "GET / HTTP/1.2\r\nX-Host: a\r\n\r\n"],
        ],
        [
          400,
          "host-repeated",
          [lines("Host: a"), lines("host: b"), lines("Host:"), "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"],
        ],
        [
          400,
          "host-invalid",
          [
            "a,b",
            "a, b",
            "u@a",
            "u:p@a",
            "a/b",
            "a b",
            "a\\b",
            "a?b",
            "a#b",
            "a:x",
            "a:80:80",
            "a:65536",
            "a:+80",
            "a: 80",
            ":80",
            "[::1",
            "::1",
            "[::1]x",
            "[]",
            "[:]",
            "[1::2::3]",
            "[12345::]",
            "[::1%25eth0]",
            "[v1.a]",
            "[1:2:3:4:5:6:7]",
            "[1:2:3:4:5:6:7:8:9]",
            "[1:2:3:4:5:6:7:]",
            "[::1.2.3]",
            "[::1.2.3.4.5]",
            "[::256.1.1.1]",
            "[::01.2.3.4]",
            "[1.2.3.4]",
            "[::1:2:3:4:5:6:7:8]",
            "[1.2.3.4::]",
            "a%2",
            "a%zz",
            "\xe9",
            '"a"',
            "<a>",
            "a^b",
            "a:123456",
          ].map(host),
        ],
        [
          400,
          "host-invalid",
          ["GET http://a/ HTTP/1.1\r\nHost: b/c\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n"],
        ],
      ],
    },
  });
});
