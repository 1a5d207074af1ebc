import { expect } from "chai";
import { isLoopbackHost } from "../../../src/admin/loopback-host.ts";
import { BadQuestion, parametersOf } from "../../../src/admin/question.ts";

describe("isLoopbackHost", () => {
  it("knows this machine's own names, with any port", () => {
    for (const host of ["localhost", "LOCALHOST:8405", "127.0.0.1", "127.9.8.7:1", "[::1]", "[::1]:8405"]) {
      expect(isLoopbackHost(host), host).to.equal(true);
    }
  });

  it("refuses all others, and those that only look like it", () => {
    const hosts = ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:127", "::1"];
    const odd = [
      "127.0.0.1:8405@evil.example",
      "[::1].evil.example",
      "128.0.0.1",
      "127.1",
      "localhost:",
      "localhost:x",
    ];
    for (const host of [...hosts, ...odd, undefined]) expect(isLoopbackHost(host), host).to.equal(false);
  });
});

describe("parametersOf", () => {
  const read = (query: string) => parametersOf(new URLSearchParams(query), ["client", "port"]);

  it("reads what is known", () => {
    expect(read("client=2001%3Adb8%3A%3A7&port=5")).to.deep.equal({ client: "2001:db8::7", port: "5" });
    expect(read("")).to.deep.equal({});
  });

  it("refuses what is not, and what comes twice", () => {
    expect(() => read("clinet=1.2.3.4")).to.throw(BadQuestion, 'unknown parameter "clinet": there are client, port');
    expect(() => read("client=1.2.3.4&client=1.2.3.5")).to.throw(BadQuestion, "client is given twice");
    expect(() => parametersOf(new URLSearchParams("a=1"), [])).to.throw(BadQuestion, "there are none");
    expect(() => read("constructor=1")).to.throw(BadQuestion);
  });
});
