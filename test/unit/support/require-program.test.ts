import { expect } from "chai";
import { findProgram, isContinuousIntegration, requireProgram } from "../../support/require-program.ts";

describe("findProgram", () => {
  it("finds an executable file in the path", () => {
    expect(findProgram("sh", "/nowhere::/bin:/usr/bin")).to.match(/^(\/usr)?\/bin\/sh$/);
  });

  it("does not take folders, other files or nothing for a program", () => {
    expect(findProgram("bin", "/usr")).to.equal(undefined);
    expect(findProgram("passwd", "/etc")).to.not.equal("/etc/passwd");
    expect(findProgram("no-such-program-anywhere")).to.equal(undefined);
  });
});

describe("requireProgram", () => {
  /** A context whose `skip` ends the test the way mocha's does: by throwing. */
  const context = {
    skip: (): never => {
      throw new Error("skipped");
    },
  } as unknown as Mocha.Context;

  it("gives the path of what is there", () => {
    expect(requireProgram(context, "sh", { CI: "true" })).to.match(/\/sh$/);
  });

  it("skips the test when the program is missing, but never in continuous integration", () => {
    expect(() => requireProgram(context, "no-such-program-anywhere", {})).to.throw("skipped");
    expect(() => requireProgram(context, "no-such-program-anywhere", { CI: "true" })).to.throw("not installed");
  });
});

describe("isContinuousIntegration", () => {
  it("goes by CI", () => {
    expect(isContinuousIntegration({ CI: "true" })).to.equal(true);
    expect(isContinuousIntegration({ CI: "1" })).to.equal(true);
    expect(isContinuousIntegration({ CI: "false" })).to.equal(false);
    expect(isContinuousIntegration({})).to.equal(false);
  });
});
