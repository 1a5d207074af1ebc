import { requestReader } from "../../support/http-messages.ts";
import { describeRules } from "../../support/http-rules.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n";
const lines = (...fields: readonly string[]): string => `${GET}${fields.map((field) => `${field}\r\n`).join("")}\r\n`;
const target = (text: string): string => `GET ${text} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** The numbers in front are those of the rule; those of RFCs are sections. */
describe("request lines, rule by rule", () => {
  describeRules(requestReader(), {
    "16, 19: what is not HTTP/1.1 is recognised": {
      accepted: ["PRI /x HTTP/1.1\r\nHost: a\r\n\r\n"],
      refused: [
        [400, "tls-hello", ["\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "\x16"]],
        [505, "http2-preface", ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]],
        [400, "method", ["\x15\x03\x01", "\x80\x2e\x01", "SSH-2.0(x) a"]],
      ],
    },
    "19: the request line (RFC 9112, 3)": {
      accepted: [
        ...[
          "/",
          "//a/b",
          "/../..//%2e%00%zz?a?b",
          '/a"<>\\^`{|}b',
          "http://a",
          "HTTP://a:80/x",
          "https://a?x",
          "http://[::1]:80/",
        ].map(target),
        "M-!#$%&'*+.^_`|~9 / HTTP/1.1\r\nHost: a\r\n\r\n",
        "get / HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.9\r\nHost: a\r\n\r\n",
      ],
      refused: [
        [
          400,
          "method",
          [
            " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "G(T / HTTP/1.1\r\n\r\n",
            "GET\t/ HTTP/1.1\r\n\r\n",
            "\xc7ET / HTTP/1.1\r\n\r\n",
            "GET\r\n\r\n",
            "G\0T / HTTP/1.1\r\n\r\n",
            "{}",
          ],
        ],
        [
          400,
          "target",
          [
            "GET  / HTTP/1.1\r\n\r\n",
            target("/a#b"),
            target("/\xe9"),
            target("/\x01"),
            target("/\x7f"),
            target("/\0"),
            "GET /\tHTTP/1.1\r\n\r\n",
          ],
        ],
        [
          400,
          "target-form",
          [
            "a",
            "a:80",
            "*",
            "a/b",
            "http:/a",
            "http:///x",
            "http://u@a/",
            "http://a,b/",
            "http://",
            "ftp://a/",
            "?x",
            "http://a:x/",
            "http://a\\b/",
          ].map(target),
        ],
        [400, "target-form", ["POST * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS ** HTTP/1.1\r\nHost: a\r\n\r\n"]],
        [
          400,
          "version",
          [
            target("/ x"),
            "GET /  HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1 \r\n\r\n",
            "GET / http/1.1\r\n\r\n",
            "GET / HTTP/1\r\n\r\n",
            "GET / HTTP/1.10\r\n\r\n",
            "GET / HTTP/01.1\r\n\r\n",
            "GET / HTTP/1,1\r\n\r\n",
            "GET / HTTP/x.1\r\n\r\n",
            "GET / HTTP/1.x\r\n\r\n",
            "GET / HTTPS/1.1\r\n\r\n",
            "GET / \r\n\r\n",
            "GET / HTTP/1.1\t\r\n\r\n",
            "GET / RTSP/1.0\r\n\r\n",
          ],
        ],
        [
          505,
          "version-unsupported",
          [
            "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "GET * HTTP/2.0\r\n\r\n",
            "GET / HTTP/3.1\r\n\r\n",
          ],
        ],
        [400, "http-0.9", ["GET /\r\n", "GET /\n", "GET / HTTP/0.9\r\n\r\n", "GET \r\n", "GET /a/b\r\n\r\n"]],
      ],
    },
    "26: empty lines ahead of a request, a few (RFC 9112, 2.2)": {
      accepted: [1, 2, 4].map((count) => `${"\r\n".repeat(count)}${lines()}`),
      refused: [
        [400, "leading-lines", [`${"\r\n".repeat(5)}${lines()}`, "\r\n".repeat(50)]],
        [400, "bare-cr", [`\r${lines()}`, `\r\n\r\r\n${lines()}`]],
      ],
    },
  });
});
