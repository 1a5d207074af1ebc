import type { Case } from "../case.ts";
import { CRLF, get, request } from "../messages.ts";
import { type About, bad } from "./define.ts";

const RULE: About = { rule: 17, rank: 1 };
const STATUSES = [400, 403, 405, 501];

/** Rule 17: no tunnels to places of the client's choice. */
export function connectCases(): readonly Case[] {
  const to = (target: string, lines: readonly string[] = [], body = ""): string =>
    request("CONNECT", "a", { target, lines: ["X-Mark: /{id}/a", ...lines], body });
  const only = { methods: ["CONNECT"] };
  return [
    bad(RULE, "name", "CONNECT to a name", to("shop.example:443"), STATUSES, [], only),
    bad(RULE, "address", "CONNECT to an address", to("127.0.0.1:22"), STATUSES, [], only),
    bad(RULE, "ipv6", "CONNECT to an IPv6 address", to("[::1]:22"), STATUSES, [], only),
    bad(RULE, "no-port", "CONNECT without a port", to("shop.example"), STATUSES, [], only),
    bad(RULE, "path", "CONNECT with a path", to("/{id}/a"), STATUSES, [], only),
    bad(RULE, "absolute", "CONNECT with a URI", to("http://shop.example/{id}/a"), STATUSES, [], only),
    bad(
      RULE,
      "with-length",
      "CONNECT with a body",
      to("shop.example:443", ["Content-Length: 5"], "hello"),
      STATUSES,
      [],
      only,
    ),
    bad(
      RULE,
      "tunnelled",
      "CONNECT, and a request for the tunnel",
      to("shop.example:443") + get("smuggled"),
      STATUSES,
      [],
      only,
    ),
    bad(
      RULE,
      "old",
      "CONNECT of HTTP/1.0",
      `CONNECT shop.example:443 HTTP/1.0${CRLF}Host: shop.example${CRLF}X-Mark: /{id}/a${CRLF}${CRLF}`,
      STATUSES,
      [],
      only,
    ),
  ];
}
