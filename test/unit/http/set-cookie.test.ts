import { expect } from "chai";
import { type CookieAttributes, cookieProblems, needsSecure, SetCookieWriter } from "../../../src/http/set-cookie.ts";

const plain: CookieAttributes = {
  name: "lengket",
  path: "/",
  domain: undefined,
  secure: "auto",
  httpOnly: true,
  sameSite: "lax",
  partitioned: false,
  maxAgeS: 0,
};

const writer = (changes: Partial<CookieAttributes> = {}): SetCookieWriter =>
  new SetCookieWriter({ ...plain, ...changes });

describe("Set-Cookie", () => {
  it("is a session cookie that scripts do not see, Secure when the client speaks https", () => {
    expect(writer().set("token", false)).to.equal("lengket=token; Path=/; HttpOnly; SameSite=Lax");
    expect(writer().set("token", true)).to.equal("lengket=token; Path=/; Secure; HttpOnly; SameSite=Lax");
  });

  it("has the attributes that were asked for", () => {
    const all = writer({
      name: "SRV",
      path: "/shop",
      domain: "example.org",
      secure: "on",
      httpOnly: false,
      sameSite: "none",
      partitioned: true,
      maxAgeS: 3600,
    });
    const expected = "SRV=t; Path=/shop; Domain=example.org; Max-Age=3600; Secure; SameSite=None; Partitioned";
    expect(all.set("t", false)).to.equal(expected);
    expect(all.set("t", true)).to.equal(expected);
    expect(writer({ sameSite: "strict" }).set("t", false)).to.equal("lengket=t; Path=/; HttpOnly; SameSite=Strict");
  });

  it("is never Secure when that is off, always when it is on", () => {
    for (const https of [false, true]) {
      expect(writer({ secure: "off" }).set("t", https)).to.not.contain("Secure");
      expect(writer({ secure: "on" }).set("t", https)).to.contain("; Secure");
    }
  });

  const demanding: readonly (readonly [string, Partial<CookieAttributes>])[] = [
    ["SameSite=None", { sameSite: "none" }],
    ["Partitioned", { sameSite: "none", partitioned: true }],
    ["a __Host- name", { name: "__Host-lengket" }],
    ["a __Secure- name in any case", { name: "__sEcUrE-lengket" }],
  ];
  for (const [label, changes] of demanding) {
    it(`is Secure without being told when ${label} needs it`, () => {
      expect(needsSecure({ ...plain, ...changes })).to.equal(true);
      expect(cookieProblems({ ...plain, ...changes })).to.deep.equal([]);
      expect(writer(changes).set("t", false)).to.contain("; Secure");
      expect(writer(changes).remove(false)).to.contain("; Secure");
    });
  }

  it("can take the cookie back, with the attributes it was set with", () => {
    const over = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    expect(writer().remove(false)).to.equal(`lengket=; Path=/; ${over}; HttpOnly; SameSite=Lax`);
    expect(writer({ maxAgeS: 60, domain: "example.org" }).remove(true)).to.equal(
      `lengket=; Path=/; Domain=example.org; ${over}; Secure; HttpOnly; SameSite=Lax`,
    );
    expect(writer({ sameSite: "none", partitioned: true }).remove(false)).to.contain("; Partitioned");
  });
});

describe("cookieProblems", () => {
  it("has nothing against the defaults and usual choices", () => {
    const fine: readonly Partial<CookieAttributes>[] = [
      {},
      { name: "connect.sid" },
      { name: "__Host-x", secure: "on" },
      { name: "__Secure-x", domain: "example.org", path: "/app" },
      { domain: "a.b-c.example", path: "/a%20b/~c" },
      { domain: "localhost", secure: "off" },
      { sameSite: "none", partitioned: true },
    ];
    for (const changes of fine)
      expect(cookieProblems({ ...plain, ...changes }), JSON.stringify(changes)).to.deep.equal([]);
  });

  it("names every combination that browsers ignore", () => {
    const problems: readonly (readonly [Partial<CookieAttributes>, readonly string[]])[] = [
      [{ sameSite: "none", secure: "off" }, ["none-needs-secure"]],
      [{ partitioned: true }, ["partitioned-needs-none"]],
      [{ partitioned: true, secure: "off" }, ["partitioned-needs-secure", "partitioned-needs-none"]],
      [{ name: "__Secure-x", secure: "off" }, ["secure-prefix-needs-secure"]],
      [{ name: "__host-x", secure: "off" }, ["host-prefix-needs-secure"]],
      [{ name: "__Host-x", domain: "example.org" }, ["host-prefix-forbids-domain"]],
      [{ name: "__Host-x", path: "/app" }, ["host-prefix-needs-root-path"]],
      ...["", "a b", "a=b", "a;b", "a,b", '"a"', "größe", "a\n", "a\r\nX: y"].map(
        (name) => [{ name }, ["name-not-a-token"]] as const,
      ),
      ...["", "app", "/a;b", "/a b", "/a\r\n", "/é"].map((path) => [{ path }, ["path-not-absolute"]] as const),
      ...[
        "",
        ".example.org",
        "example.org.",
        "a..b",
        "-a.example",
        "a_b",
        "exa mple",
        "a;b",
        "a\n",
        "é.example",
        "a".repeat(64),
      ].map((domain) => [{ domain }, ["domain-not-a-name"]] as const),
    ];
    for (const [changes, expected] of problems)
      expect(cookieProblems({ ...plain, ...changes }), JSON.stringify(changes)).to.deep.equal(expected);
  });
});
