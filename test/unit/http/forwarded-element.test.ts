import { expect } from "chai";
import {
  lastForwardedComma,
  readForwardedElement,
  writeForwardedElement,
} from "../../../src/http/forwarded-element.ts";

const read = (text: string): Readonly<Record<string, string>> | undefined => {
  const element = readForwardedElement(text);
  return element && Object.fromEntries(element);
};

describe("Forwarded elements", () => {
  const elements: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["for=192.0.2.60;proto=http;by=203.0.113.43", { for: "192.0.2.60", proto: "http", by: "203.0.113.43" }],
    ['For="[2001:db8:cafe::17]:4711"', { for: "[2001:db8:cafe::17]:4711" }],
    ["FOR=_gazonk ; Proto=HTTPS", { for: "_gazonk", proto: "HTTPS" }],
    ['for=unknown;host="a;b,c"', { for: "unknown", host: "a;b,c" }],
    [String.raw`for="a\"b\\c"`, { for: 'a"b\\c' }],
    ['for=""', { for: "" }],
    ["for=192.0.2.1:80", { for: "192.0.2.1:80" }],
    ["for=[2001:db8::1]:80", { for: "[2001:db8::1]:80" }],
    [";;for=a;", { for: "a" }],
    [
      "secret=x;__proto__=y",
      Object.fromEntries([
        ["secret", "x"],
        ["__proto__", "y"],
      ]),
    ],
    ["", {}],
  ];
  for (const [text, expected] of elements) it(`read ${text}`, () => expect(read(text)).to.deep.equal(expected));

  const malformed = [
    "for",
    "for=",
    "=a",
    "for=a;for=b",
    "for=a;FOR=b",
    "for=a b",
    "for =a",
    "for= a",
    'for="a',
    'for=a"',
    'for="a"b',
    'for="a\\"',
    'for="\0"',
    "for=a/b",
    "f(r=a",
    "192.0.2.1",
  ];
  for (const text of malformed) it(`do not read ${JSON.stringify(text)}`, () => expect(read(text)).to.equal(undefined));

  const commas: readonly (readonly [string, number])[] = [
    ["for=a, for=b", 5],
    ["for=a", -1],
    ["", -1],
    ['for=a, for="b,c"', 5],
    ['for="a,b"', -1],
    [String.raw`for=a,for="b\",c"`, 5],
    [String.raw`for=a,for="b\\",for=c`, 15],
    // What a client left open does not reach what was written behind it.
    ['for="evil, for=192.0.2.1', 9],
    [String.raw`for="evil\, for="[2001:db8::1]"`, 10],
    ['", for=a', 1],
  ];
  for (const [value, at] of commas)
    it(`begin behind the comma at ${at} in ${value}`, () => expect(lastForwardedComma(value)).to.equal(at));

  it("are written with quotes where they need them", () => {
    expect(writeForwardedElement({ for: "192.0.2.1", host: "example.org", proto: "http" })).to.equal(
      "for=192.0.2.1;host=example.org;proto=http",
    );
    expect(writeForwardedElement({ for: "[2001:db8::1]", host: "example.org:8080", proto: undefined })).to.equal(
      'for="[2001:db8::1]";host="example.org:8080"',
    );
    expect(writeForwardedElement({ host: String.raw`a"b\c` })).to.equal(String.raw`host="a\"b\\c"`);
  });
});
