import { expect } from "chai";
import { CookieJar } from "../../../../src/cli/demo/cookie-jar.ts";

describe("cookie jar", () => {
  it("keeps names and values, and nothing of what follows them", () => {
    const jar = new CookieJar();
    expect(jar.toString()).to.equal("");
    jar.keep(["lengket=abc=; Path=/; HttpOnly", "theme = dark ;Secure"]);
    expect(jar.toString()).to.equal("lengket=abc=; theme=dark");
    expect(jar.get("lengket")).to.equal("abc=");
  });

  it("replaces a cookie of the same name, and gives one up with Max-Age=0", () => {
    const jar = new CookieJar();
    jar.keep(["lengket=old", "theme=dark"]);
    jar.keep(["lengket=new; Max-Age=60"]);
    expect(jar.get("lengket")).to.equal("new");
    jar.keep(["lengket=; Path=/; max-age=0"]);
    expect(jar.toString()).to.equal("theme=dark");
  });

  it("ignores what is no cookie", () => {
    const jar = new CookieJar();
    jar.keep(["", "nothing", "=value", "; Max-Age=0"]);
    expect(jar.toString()).to.equal("");
  });
});
