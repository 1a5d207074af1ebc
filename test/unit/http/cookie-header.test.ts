import { expect } from "chai";
import { CookieCursor, cookieNameBytes, withoutPairs } from "../../../src/http/cookie-header.ts";

const name = cookieNameBytes("lengket");

function valuesIn(header: string, of = "lengket"): string[] {
  const bytes = Buffer.from(header, "latin1");
  const cursor = new CookieCursor(cookieNameBytes(of));
  cursor.start(bytes, 0, bytes.length);
  const values: string[] = [];
  while (cursor.next()) values.push(cursor.value());
  return values;
}

function without(header: string): string | undefined {
  const bytes = Buffer.from(header, "latin1");
  return withoutPairs(name, bytes, 0, bytes.length)?.toString("latin1");
}

describe("CookieCursor", () => {
  const found: readonly (readonly [string, readonly string[]])[] = [
    ["lengket=abc", ["abc"]],
    ["a=1; lengket=abc; b=2", ["abc"]],
    ["a=1;lengket=abc;b=2", ["abc"]],
    ["lengket=1; lengket=2; x=y; lengket=3", ["1", "2", "3"]],
    ["\t lengket \t=\t abc \t; b=2", ["abc"]],
    ["lengket=", [""]],
    ["lengket= ;a=1", [""]],
    ["lengket=a=b==", ["a=b=="]],
    ['lengket="abc"', ['"abc"']],
    ['a="x; lengket=in; y"', ["in"]],
    ["lengket=a b", ["a b"]],
    ["lengket=\xe9\xff", ["\xe9\xff"]],
    [";;; ;lengket=x;;", ["x"]],
  ];
  for (const [header, values] of found) {
    it(`finds ${values.length} in ${JSON.stringify(header)}`, () => expect(valuesIn(header)).to.deep.equal(values));
  }

  const absent = [
    "",
    ";",
    "lengket",
    " lengket ; a=1",
    "Lengket=1",
    "LENGKET=1",
    "xlengket=1",
    "lengketx=1",
    "lengke=1",
    "a=lengket=1",
    "a=1, lengket=2",
    "len gket=1",
    "=lengket",
    "\xa0lengket=1",
    "\x0blengket=1",
    "a=1\x00lengket=2",
  ];
  for (const header of absent) {
    it(`finds none in ${JSON.stringify(header)}`, () => expect(valuesIn(header)).to.deep.equal([]));
  }

  it("stays within its range", () => {
    const bytes = Buffer.from("lengket=outside; lengket=inside; lengket=beyond");
    const cursor = new CookieCursor(name);
    cursor.start(bytes, 17, 31);
    expect(cursor.next()).to.equal(true);
    expect([cursor.valueFrom, cursor.valueTo, cursor.value()]).to.deep.equal([25, 31, "inside"]);
    expect(cursor.next()).to.equal(false);
    expect(cursor.next()).to.equal(false);
    // The end of the range cuts a name or a value short, whatever the bytes behind it are.
    cursor.start(bytes, 0, 7);
    expect(cursor.next()).to.equal(false);
    cursor.start(bytes, 0, 8);
    expect([cursor.next(), cursor.value()]).to.deep.equal([true, ""]);
    cursor.start(bytes, 0, 11);
    expect([cursor.next(), cursor.value()]).to.deep.equal([true, "out"]);
  });

  it("serves one line after the other", () => {
    const cursor = new CookieCursor(name);
    const first = Buffer.from("a=1; lengket=one");
    const second = Buffer.from("lengket=two; b=2");
    const values: string[] = [];
    for (const line of [first, second]) {
      cursor.start(line, 0, line.length);
      while (cursor.next()) values.push(cursor.value());
    }
    expect(values).to.deep.equal(["one", "two"]);
  });

  it("reads the name and value of a Set-Cookie header, not its attributes", () => {
    const read = (header: string, of: string): string | undefined => {
      const bytes = Buffer.from(header, "latin1");
      const cursor = new CookieCursor(cookieNameBytes(of));
      cursor.startSetCookie(bytes, 0, bytes.length);
      const value = cursor.next() ? cursor.value() : undefined;
      expect(cursor.next()).to.equal(false);
      return value;
    };
    expect(read("lengket=abc; Path=/; HttpOnly", "lengket")).to.equal("abc");
    expect(read(" lengket = abc", "lengket")).to.equal("abc");
    expect(read("lengket=; Max-Age=0", "lengket")).to.equal("");
    expect(read("other=abc; lengket=def", "lengket")).to.equal(undefined);
    expect(read("sid=abc; Path=/", "Path")).to.equal(undefined);
    expect(read("lengket", "lengket")).to.equal(undefined);
  });
});

describe("withoutPairs", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["lengket=x", undefined],
    [" lengket=x ", undefined],
    ["lengket=x; ", undefined],
    ["; lengket=x;", undefined],
    ["lengket=x; lengket=y", undefined],
    ["lengket=x; a=1", "a=1"],
    ["a=1; lengket=x", "a=1"],
    ["a=1 ; lengket=x", "a=1"],
    ["a=1; lengket=x; b=2", "a=1; b=2"],
    ["a=1;lengket=x;b=2", "a=1;b=2"],
    ["a=1;lengket=x; b=2", "a=1; b=2"],
    ["lengket=x; a=1; lengket=y; b=2; lengket=z", "a=1; b=2"],
    ["a=1; lengket=x; lengket=y; b=2;  c = 3", "a=1; b=2;  c = 3"],
    ["a=1; ; lengket=x; ; b=2", "a=1; b=2"],
    ["a=1; Lengket=x; lengket=y", "a=1; Lengket=x"],
    ["flag; lengket=x; =nameless", "flag; =nameless"],
    ["lengket; lengket=x", "lengket"],
    ["\xff=\x80; lengket=x", "\xff=\x80"],
    ["a=1; b=2", "a=1; b=2"],
  ];
  for (const [header, rest] of cases) {
    it(`leaves ${JSON.stringify(rest)} of ${JSON.stringify(header)}`, () => expect(without(header)).to.equal(rest));
  }
});
