import { expect } from "chai";
import { jsonText, jsonValue, logfmtValue, printable } from "../../../src/observe/line-text.ts";

describe("line text", () => {
  const nasty: readonly (readonly [name: string, text: string, shown: string])[] = [
    ["line feed", "a\nb", "a\\nb"],
    ["carriage return", "a\rb", "a\\rb"],
    ["tab", "a\tb", "a\\tb"],
    ["NUL", "a\0b", "a\\u0000b"],
    ["escape sequence", "\x1b[31mred", "\\u001b[31mred"],
    ["DEL", "a\x7fb", "a\\u007fb"],
    ["C1 control sequence introducer", "a\x9b31mb", "a\\u009b31mb"],
    ["next line", "a\x85b", "a\\u0085b"],
    ["line separator", "a\u2028b", "a\\u2028b"],
    ["right-to-left override", "a\u202eb", "a\\u202eb"],
    ["byte order mark", "\ufeffa", "\\ufeffa"],
    ["lone surrogate", "a\ud800b", "a\\ud800b"],
    ["tag character beyond the BMP", "a\u{e0041}b", "a\\udb40\\udc41b"],
  ];

  for (const [name, text, shown] of nasty) {
    it(`escapes a ${name}`, () => {
      expect(printable(text)).to.equal(shown);
      expect(jsonText(text)).to.equal(`"${shown}"`);
      expect(JSON.parse(jsonText(text))).to.equal(text);
      expect(logfmtValue(text)).to.equal(`"${shown}"`);
    });
  }

  it("leaves text of any language as it is", () => {
    for (const text of ["app1", "[2001:db8::12]:3000", "größe", "サーバー", "😀", "a/b%c"]) {
      expect(printable(text)).to.equal(text);
      expect(jsonText(text)).to.equal(`"${text}"`);
      expect(logfmtValue(text)).to.equal(text);
    }
  });

  it("escapes quotes and backslashes where they have a meaning", () => {
    expect(printable('a "b" \\')).to.equal('a "b" \\');
    expect(jsonText('a"b\\')).to.equal('"a\\"b\\\\"');
    expect(logfmtValue('a"b')).to.equal('"a\\"b"');
    expect(logfmtValue("a\\b")).to.equal('"a\\\\b"');
  });

  it("quotes in logfmt what would end the value early", () => {
    expect(logfmtValue("two words")).to.equal('"two words"');
    expect(logfmtValue("a=b")).to.equal('"a=b"');
    expect(logfmtValue("")).to.equal('""');
    expect(logfmtValue("\u00a0")).to.equal('"\u00a0"');
    expect(logfmtValue(12.5)).to.equal("12.5");
    expect(logfmtValue(false)).to.equal("false");
  });

  it("has a text for every number in JSON", () => {
    expect(jsonValue(1.5)).to.equal("1.5");
    expect(jsonValue(true)).to.equal("true");
    expect(jsonValue("x")).to.equal('"x"');
    expect(jsonValue(Number.POSITIVE_INFINITY)).to.equal('"Infinity"');
    expect(jsonValue(Number.NaN)).to.equal('"NaN"');
  });
});
