import { expect } from "chai";
import { wantsColor, wrap, wrapValue } from "../../../src/cli/output.ts";
import { formatProblems, printErrors, printWarnings, problemSentence } from "../../../src/cli/print-problems.ts";
import type { ConfigProblem } from "../../../src/model/failure.ts";
import { CapturedOutput } from "../../support/captured-output.ts";

const PROBLEMS: readonly ConfigProblem[] = [
  {
    where: "LENGKET_BACKENDS[2]",
    value: "app3=10.0.0.13",
    problem: "port missing",
    hint: "write host:port, e.g. app3=10.0.0.13:3000",
  },
  {
    where: "LENGKET_HASH_POLICY",
    value: "rng",
    problem: "not one of ring, rendezvous, maglev, modulo",
    hint: 'did you mean "ring"?',
  },
  { where: "LENGKET_COOKE_NAME", problem: "unknown variable", hint: "did you mean LENGKET_COOKIE_NAME?" },
];

describe("formatProblems", () => {
  it("prints names, values, problems and hints in columns, and a problem that does not fit below", () => {
    expect(formatProblems(PROBLEMS, { severity: "error", color: false })).to.equal(
      `lengket: 3 problems in the configuration

  LENGKET_BACKENDS[2]  "app3=10.0.0.13"  port missing
                    write host:port, e.g. app3=10.0.0.13:3000
  LENGKET_HASH_POLICY  "rng"
                    not one of ring, rendezvous, maglev, modulo
                    did you mean "ring"?
  LENGKET_COOKE_NAME                     unknown variable
                    did you mean LENGKET_COOKIE_NAME?
`,
    );
  });

  it("shows control characters and cuts very long values", () => {
    const value = `a\u001b[31m\n${"x".repeat(500)}`;
    const text = formatProblems([{ where: "X", value, problem: "bad" }], { severity: "error", color: false });
    expect(text).to.include('"a\\u001b[31m\\nxxx').and.to.include('…"');
    expect(text).to.not.include("\u001b");
    expect(text.length).to.be.lessThan(250);
  });

  it("counts one problem as one, and warnings as warnings", () => {
    const one = PROBLEMS.slice(0, 1);
    expect(formatProblems(one, { severity: "error", color: false })).to.match(/^lengket: 1 problem in/);
    expect(formatProblems(one, { severity: "warning", color: false })).to.match(/^lengket: 1 warning about/);
  });

  it("has the same text with colours", () => {
    const plain = formatProblems(PROBLEMS, { severity: "error", color: false });
    const coloured = formatProblems(PROBLEMS, { severity: "error", color: true });
    expect(coloured).to.include("\u001b[31m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(coloured.replace(/\u001b\[\d+m/g, "")).to.equal(plain);
  });
});

describe("printErrors and printWarnings", () => {
  it("colour a terminal, unless NO_COLOR is set", () => {
    const terminal = new CapturedOutput(true);
    printErrors(PROBLEMS, terminal, {});
    expect(terminal.text).to.include("\u001b[");
    const plain = new CapturedOutput(true);
    printErrors(PROBLEMS, plain, { NO_COLOR: "1" });
    expect(plain.text).to.not.include("\u001b[");
  });

  it("say nothing without warnings", () => {
    const output = new CapturedOutput();
    printWarnings([], output, {});
    expect(output.text).to.equal("");
  });
});

describe("wantsColor", () => {
  const terminal = new CapturedOutput(true);
  const pipe = new CapturedOutput(false);
  for (const [output, env, wanted] of [
    [terminal, {}, true],
    [terminal, { TERM: "xterm" }, true],
    [terminal, { TERM: "dumb" }, false],
    [terminal, { NO_COLOR: "1" }, false],
    [terminal, { NO_COLOR: "" }, true],
    [terminal, { FORCE_COLOR: "0" }, false],
    [pipe, {}, false],
    [pipe, { FORCE_COLOR: "1" }, true],
    [pipe, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ] as const) {
    it(`is ${wanted} for ${output.isTTY ? "a terminal" : "a pipe"} with ${JSON.stringify(env)}`, () => {
      expect(wantsColor(output, env)).to.equal(wanted);
    });
  }
});

describe("problemSentence", () => {
  it("names the value, which a log's reader does not have before them", () => {
    expect(
      problemSentence({ where: "--env-file", value: "/etc/a.env", problem: "there is no such file", hint: "look" }),
    ).to.equal('--env-file "/etc/a.env": there is no such file; look');
    expect(problemSentence({ where: "LENGKET_COOKIE_SECRET", problem: "too short" })).to.equal(
      "LENGKET_COOKIE_SECRET: too short",
    );
  });
});

describe("wrapValue", () => {
  it("breaks behind a separator, and anywhere without one", () => {
    expect(wrapValue("a=10.0.0.1:80;weight=2, b", 14)).to.deep.equal(["a=10.0.0.1:80;", "weight=2, b"]);
    expect(wrapValue("/aa/bb/cc", 5)).to.deep.equal(["/aa/", "bb/cc"]);
    expect(wrapValue("abcdefg hi", 3)).to.deep.equal(["abc", "def", "g", "hi"]);
    expect(wrapValue("", 3)).to.deep.equal([""]);
  });
});

describe("wrap", () => {
  it("breaks at blanks and keeps long words whole", () => {
    expect(wrap("aa bb ccccccc d", 5)).to.deep.equal(["aa bb", "ccccccc", "d"]);
    expect(wrap("", 5)).to.deep.equal([""]);
  });

  it("keeps a number and its unit on one line", () => {
    expect(wrap("it has 47 % of all", 9)).to.deep.equal(["it has", "47 % of", "all"]);
    expect(wrap("gives 2.8 ×, or in (10 min).", 12)).to.deep.equal(["gives 2.8 ×,", "or in", "(10 min)."]);
    // A product, and a word that only begins like a unit.
    expect(wrap("ten × 47 sites", 8)).to.deep.equal(["ten × 47", "sites"]);
    for (const line of wrap("12 % ".repeat(40).trim(), 80)) expect(line.length).to.be.at.most(80);
  });
});
