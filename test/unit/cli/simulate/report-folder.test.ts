import { expect } from "chai";
import { describeReportError } from "../../../../src/cli/simulate/report-folder.ts";

describe("why a report cannot be written", () => {
  const explained = [
    ["EACCES", "may not be written", "give this user the right to write it"],
    ["EROFS", "the file system is read-only", "choose another place"],
    ["EEXIST", "this is a file", "name a folder"],
  ] as const;
  for (const [code, problem, hint] of explained) {
    it(`${code}: names the folder, what is wrong, and what to do`, () => {
      const text = describeReportError(
        Object.assign(new Error(`${code}: as the system says`), { code }),
        "/srv/report",
      );
      expect(text).to.match(/^the report cannot be written to \/srv\/report: /);
      expect(text).to.include(problem).and.include(hint);
    });
  }
});
