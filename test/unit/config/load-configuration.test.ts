import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { describeFileError } from "../../../src/config/file-error.ts";
import { loadConfiguration } from "../../../src/config/load-configuration.ts";
import { ConfigError } from "../../../src/model/failure.ts";

describe("loadConfiguration", () => {
  it("reads the env file and the backends file", () => {
    const files = new Map([
      ["prod.env", "LENGKET_BACKENDS_FILE=b.txt"],
      ["b.txt", "a=x:1"],
    ]);
    const read: string[] = [];
    const readFile = (path: string): string => {
      read.push(path);
      return files.get(path) ?? "";
    };
    const { settings } = loadConfiguration({ flags: {}, env: {}, envFilePath: "prod.env", readFile });
    expect(settings.backends.map(({ id }) => id)).to.deep.equal(["a"]);
    expect(read).to.deep.equal(["prod.env", "b.txt"]);
  });

  it("reports an env file that is not there, and nothing that follows from it", () => {
    expect(() => loadConfiguration({ flags: {}, env: {}, envFilePath: "/nonexistent/x.env" }))
      .to.throw(ConfigError)
      .with.deep.property("problems", [
        {
          where: "--env-file",
          value: "/nonexistent/x.env",
          problem: "there is no such file",
          hint: "check the path; a relative one starts at the working directory",
        },
      ]);
  });

  it("looks at the permissions of a file of secrets", () => {
    const folder = mkdtempSync(join(tmpdir(), "lengket-"));
    try {
      const path = join(folder, "secret");
      writeFileSync(path, "0d7f4e2a9b8c6d5e1f3a2b4c6d8e0f1a\n");
      const env = { LENGKET_BACKENDS: "a=x:1", LENGKET_MODE: "http", LENGKET_COOKIE_SECRET_FILE: path };
      const warnings = (mode: number) => {
        chmodSync(path, mode);
        return loadConfiguration({ flags: {}, env }).warnings.map(({ where }) => where);
      };
      expect(warnings(0o640)).to.deep.equal([]);
      expect(warnings(0o604)).to.deep.equal(["LENGKET_COOKIE_SECRET_FILE"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says what is wrong with a file in words, for any thrown value", () => {
    const fail = (code: string) => Object.assign(new Error("x"), { code });
    expect(describeFileError(fail("EACCES")).problem).to.equal("the file may not be read");
    expect(describeFileError(fail("EISDIR")).problem).to.equal("this is a directory");
    expect(describeFileError(fail("EIO")).problem).to.equal("the file cannot be read (EIO)");
    expect(describeFileError(fail("EACCES"), "write").problem).to.equal("the file may not be written");
    expect(describeFileError(fail("ENOENT"), "write").problem).to.equal("there is no such directory");
    expect(describeFileError(fail("ENXIO"), "write").problem).to.equal("nobody reads from this FIFO");
    expect(describeFileError(fail("EIO"), "write").problem).to.equal("the file cannot be written (EIO)");
    expect(describeFileError("odd").problem).to.equal("the file cannot be read (odd)");
  });
});
