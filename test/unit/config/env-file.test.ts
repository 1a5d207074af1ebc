import { expect } from "chai";
import { parseEnvFile, quoteEnvValue } from "../../../src/config/env-file.ts";

const values = (text: string): Record<string, string> =>
  Object.fromEntries(parseEnvFile(text).entries.map(({ name, value }) => [name, value]));

describe("parseEnvFile", () => {
  for (const [text, value] of [
    ["A=b", "b"],
    ["A=", ""],
    ["A = b c ", "b c"],
    ["export A=b", "b"],
    ["  A=b\r\n", "b"],
    ["\uFEFFA=b", "b"],
    ["A=b # comment", "b"],
    ["A= # comment", ""],
    ["A=b#c", "b#c"],
    ["A=x=y;z", "x=y;z"],
    ["A='b # \"c\" \\n'", 'b # "c" \\n'],
    ["A=\"b # 'c'\"  # comment", "b # 'c'"],
    ['A="a\\nb\\t\\"c\\" \\\\ \\x"', 'a\nb\t"c" \\ \\x'],
    ["A='a\nb'", "a\nb"],
    ['A="a\nb"', "a\nb"],
    ["A=it's", "it's"],
    ["A=1\nA=2", "2"],
  ] as const) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(parseEnvFile(text).problems).to.deep.equal([]);
      expect(values(text)).to.deep.equal({ A: value });
    });
  }

  it("counts lines across quotes and comments", () => {
    const { entries } = parseEnvFile("# x\n\nA='1\n2'\nB=3\n");
    expect(entries.map(({ name, line }) => [name, line])).to.deep.equal([
      ["A", 3],
      ["B", 5],
    ]);
  });

  it("reports what it does not understand, and reads on", () => {
    const { entries, problems } = parseEnvFile("A=1\nnonsense\n1A=2\nB='x' y\nC=3\nD='open\nE=4");
    expect(problems).to.deep.equal([
      { line: 2, problem: "not NAME=value" },
      { line: 3, problem: "not NAME=value" },
      { line: 4, problem: "B: text after the closing quote" },
      { line: 6, problem: "D: the quote is not closed" },
    ]);
    expect(entries.map(({ name }) => name)).to.deep.equal(["A", "C", "E"]);
  });
});

describe("quoteEnvValue", () => {
  it("quotes only what needs it", () => {
    expect(quoteEnvValue("app1=10.0.0.1:80,app2=x:1")).to.equal("app1=10.0.0.1:80,app2=x:1");
    expect(quoteEnvValue("a b;c")).to.equal("'a b;c'");
    expect(quoteEnvValue("it's")).to.equal('"it\'s"');
    expect(quoteEnvValue("a\nb")).to.equal('"a\\nb"');
  });
});
