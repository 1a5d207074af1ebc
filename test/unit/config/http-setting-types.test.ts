import { cookieDomain, cookieName, cookiePath } from "../../../src/config/types/cookie-attribute.ts";
import { fieldSourceList, hashKey } from "../../../src/config/types/field-source.ts";
import { addressHeader } from "../../../src/config/types/header-name.ts";
import { describeSettingTypes, type SettingTypeTable } from "../../support/setting-type-tables.ts";

const TABLES: readonly SettingTypeTable[] = [
  {
    name: "hash key",
    type: hashKey(),
    good: [
      ["client_ip", "client_ip"],
      ["client_ip_port", "client_ip_port"],
      ["header:X-Tenant", { kind: "header", name: "x-tenant" }],
      ["cookie:Sid", { kind: "cookie", name: "Sid" }],
      ["query:user[id]", { kind: "query", name: "user[id]" }],
    ],
    bad: [
      "",
      "header:",
      "header:x y",
      "query:a=b",
      "query:a&b",
      "path:x",
      ["client-ip", '"client_ip"'],
      ["haeder:x", '"header"'],
      ["header:Cookie", "cookie:NAME"],
      ["header:X-Tenant:", "did you mean X-Tenant?"],
    ],
  },
  {
    name: "sources of sessions",
    type: fieldSourceList("cookie", "header"),
    good: [
      ["cookie:PHPSESSID", [{ kind: "cookie", name: "PHPSESSID" }]],
      [
        "header:Mcp-Session-Id,\n cookie:io",
        [
          { kind: "header", name: "mcp-session-id" },
          { kind: "cookie", name: "io" },
        ],
      ],
      [
        "cookie:a cookie:A",
        [
          { kind: "cookie", name: "a" },
          { kind: "cookie", name: "A" },
        ],
      ],
    ],
    bad: [
      ",",
      "cookie:",
      "cookie:a;b",
      "query:sid",
      ["PHPSESSID", "did you mean cookie:PHPSESSID?"],
      ["cokie:a", '"cookie"'],
      ["header:Set-Cookie", "cookie:NAME"],
      ["header:X-A header:x-a", "remove one"],
    ],
  },
  {
    name: "header with an address",
    type: addressHeader(),
    good: [["CF-Connecting-IP", "cf-connecting-ip"]],
    bad: [
      "",
      "a b",
      "\u00e4",
      ["X-Real-IP: 10.0.0.1", "did you mean X-Real-IP?"],
      ["X-Forwarded-For", "LENGKET_FORWARDED_HEADER=x-forwarded-for"],
      ["Forwarded", "LENGKET_FORWARDED_HEADER=forwarded"],
    ],
  },
  {
    name: "cookie name",
    type: cookieName(),
    good: [
      ["lengket", "lengket"],
      ["__Host-s", "__Host-s"],
      ["connect.sid", "connect.sid"],
    ],
    bad: ["", "a b", "caf\u00e9", "a".repeat(257), ["sid=", "did you mean sid?"], ["sid;", "did you mean sid?"]],
  },
  {
    name: "cookie path",
    type: cookiePath(),
    good: [
      ["/", "/"],
      ["/shop/~a", "/shop/~a"],
    ],
    bad: ["", "/a;b", "/a b", "/\u00e4", ["shop", "did you mean /shop?"]],
  },
  {
    name: "cookie domain",
    type: cookieDomain(),
    good: [
      ["example.com", "example.com"],
      ["Shop.Example.COM", "shop.example.com"],
    ],
    bad: [
      "",
      "-a.com",
      "a..b",
      "caf\u00e9.com",
      [".example.com", "did you mean example.com?"],
      ["*.example.com", "did you mean example.com?"],
      ["https://example.com/", "did you mean example.com?"],
      ["example.com:8080", "did you mean example.com?"],
    ],
  },
];

describeSettingTypes(TABLES);
