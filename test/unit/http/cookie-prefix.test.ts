import { expect } from "chai";
import { CookieCursor, cookieNameBytes } from "../../../src/http/cookie-header.ts";
import { prefixOf, withoutPrefixes, withPrefix } from "../../../src/http/cookie-prefix.ts";

const cursor = new CookieCursor(cookieNameBytes("JSESSIONID"));

describe("cookie prefixes", () => {
  it("are what stands in front of the first ~", () => {
    expect(prefixOf("app1~4F2A")).to.equal("app1");
    expect(prefixOf("app1~4F~2A")).to.equal("app1");
    expect(prefixOf("~4F2A")).to.equal("");
    expect(prefixOf("4F2A")).to.equal(undefined);
  });

  const stripped: readonly (readonly [string, string])[] = [
    ["JSESSIONID=app1~4F2A", "JSESSIONID=4F2A"],
    ["a=1; JSESSIONID=app1~4F2A; b=x~y", "a=1; JSESSIONID=4F2A; b=x~y"],
    ["JSESSIONID=app1~4F~2A", "JSESSIONID=4F~2A"],
    ["JSESSIONID = app1~4F2A ;b=2", "JSESSIONID = 4F2A ;b=2"],
    ["JSESSIONID=app1~A; JSESSIONID=gone~B; JSESSIONID=C", "JSESSIONID=A; JSESSIONID=B; JSESSIONID=C"],
    ["JSESSIONID=app1~", "JSESSIONID="],
    ["jsessionid=app1~4F2A", "jsessionid=app1~4F2A"],
    ["a=1", "a=1"],
    ["", ""],
  ];
  for (const [header, expected] of stripped) {
    it(`are taken off ${JSON.stringify(header)}`, () => {
      const bytes = Buffer.from(`<${header}>`);
      expect(withoutPrefixes(cursor, bytes, 1, bytes.length - 1).toString("latin1")).to.equal(expected);
    });
  }

  it("are put in front of the value that a backend sets", () => {
    const put = (header: string): string | undefined => {
      const bytes = Buffer.from(`<${header}>`, "latin1");
      return withPrefix(cursor, bytes, 1, bytes.length - 1, "app1")?.toString("latin1");
    };
    expect(put("JSESSIONID=4F2A; Path=/; HttpOnly")).to.equal("JSESSIONID=app1~4F2A; Path=/; HttpOnly");
    expect(put(" JSESSIONID = 4F2A\xe9")).to.equal(" JSESSIONID = app1~4F2A\xe9");
    expect(put("other=1; JSESSIONID=2")).to.equal(undefined);
    expect(put("JSESSIONID=; Max-Age=0")).to.equal(undefined);
  });
});
