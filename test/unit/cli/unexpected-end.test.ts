import { expect } from "chai";
import { unexpectedEnd } from "../../../src/cli/unexpected-end.ts";

describe("unexpectedEnd", () => {
  it("says how many files are allowed, and how many are needed", () => {
    const error = Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
    expect(unexpectedEnd(error, 64)).to.deep.equal({
      text: "lengket: not enough open files allowed (ulimit -n 64); at least 256 are needed\n",
      code: 71,
    });
  });

  it("does not blame the limit of this process for that of the machine", () => {
    const { text, code } = unexpectedEnd(Object.assign(new Error("ENFILE"), { code: "ENFILE" }), 65_536);
    expect(text).to.include("this machine").and.not.include("65536");
    expect(code).to.equal(71);
  });

  it("shows where a bug is", () => {
    const { text, code } = unexpectedEnd(new TypeError("x is not a function"), 65_536);
    expect(text).to.match(/^lengket: bug: TypeError: x is not a function\n {4}at .*unexpected-end/);
    expect(code).to.equal(70);
    expect(unexpectedEnd("odd", 65_536)).to.deep.equal({ text: "lengket: bug: odd\n", code: 70 });
  });
});
