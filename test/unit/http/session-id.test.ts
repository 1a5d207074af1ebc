import { expect } from "chai";
import { MAX_SESSION_ID_BYTES, pathParameter, queryValue, routeOf, sessionId } from "../../../src/http/session-id.ts";

type Reader = (bytes: Buffer, from: number, to: number, name: Buffer) => string | undefined;

function read(reader: Reader, target: string, name: string): string | undefined {
  // Bytes behind the range that would be found if it were not kept to.
  const bytes = Buffer.from(`/?sid=before ${target};jsessionid=behind&sid=behind`, "latin1");
  return reader(bytes, 13, 13 + target.length, Buffer.from(name));
}

describe("session ids", () => {
  it("have at least one byte and at most 1024", () => {
    const bytes = Buffer.alloc(MAX_SESSION_ID_BYTES + 1, "a");
    expect(sessionId(bytes, 0, MAX_SESSION_ID_BYTES)).to.equal("a".repeat(1024));
    expect(sessionId(bytes, 0, MAX_SESSION_ID_BYTES + 1)).to.equal(undefined);
    expect(sessionId(bytes, 5, 5)).to.equal(undefined);
    expect(sessionId(Buffer.from("\xe9", "latin1"), 0, 1)).to.equal("\xe9");
  });

  const queries: readonly (readonly [string, string | undefined])[] = [
    ["/socket.io/?EIO=4&transport=polling&sid=abc_-1", "abc_-1"],
    ["/?sid=abc&x=1", "abc"],
    ["/?sid=a%20b+c", "a%20b+c"],
    ["/?sid=a=b", "a=b"],
    ["/?a?sid=1&sid=2", "2"],
    ["/?sid=1&sid=2", "1"],
    ["/?sid=&sid=2", undefined],
    ["/?sid", undefined],
    ["/?Sid=1&SID=2", undefined],
    ["/?xsid=1&sidx=2", undefined],
    ["/?%73id=1", undefined],
    ["/sid=1", undefined],
    ["/a&sid=1", undefined],
    ["/?", undefined],
    ["", undefined],
    ["*", undefined],
    ["http://example.org/?sid=abs", "abs"],
    [`/?sid=${"x".repeat(1025)}`, undefined],
  ];
  for (const [target, value] of queries) {
    const label = target.length > 80 ? `${target.slice(0, 80)}…` : target;
    it(`${value ?? "none"} in the query of ${JSON.stringify(label)}`, () =>
      expect(read(queryValue, target, "sid")).to.equal(value));
  }

  const paths: readonly (readonly [string, string | undefined])[] = [
    ["/cart;jsessionid=4F2A.app1", "4F2A.app1"],
    ["/cart;jsessionid=4F2A.app1?x=1", "4F2A.app1"],
    ["/a;v=1;jsessionid=4F2A;w=2/b", "4F2A"],
    ["/a;jsessionid=4F2A/b;jsessionid=other", "4F2A"],
    ["/a;b/;jsessionid=4F2A", "4F2A"],
    ["/cart?;jsessionid=4F2A", undefined],
    ["/cart;JSESSIONID=4F2A", undefined],
    ["/cart;jsessionid=", undefined],
    ["/cart;jsessionid", undefined],
    ["/cart;xjsessionid=1;jsessionidx=2", undefined],
    ["/jsessionid=1", undefined],
    ["", undefined],
  ];
  for (const [target, value] of paths) {
    it(`${value ?? "none"} in the path of ${JSON.stringify(target)}`, () =>
      expect(read(pathParameter, target, "jsessionid")).to.equal(value));
  }

  it("end in a route behind the first separator", () => {
    expect(routeOf("4F2A.app1", ".")).to.equal("app1");
    expect(routeOf("4F2A.10.0.0.11:3000", ".")).to.equal("10.0.0.11:3000");
    expect(routeOf(".app1", ".")).to.equal("app1");
    expect(routeOf("4F2A--app1", "--")).to.equal("app1");
    expect(routeOf("4F2A.", ".")).to.equal(undefined);
    expect(routeOf("4F2A", ".")).to.equal(undefined);
    expect(routeOf("", ".")).to.equal(undefined);
  });
});
