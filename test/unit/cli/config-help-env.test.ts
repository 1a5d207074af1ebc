import { expect } from "chai";
import { type HelpEnvOptions, helpEnv } from "../../../src/cli/help-env.ts";
import { renderEnvExample } from "../../../src/config/render-env-example.ts";
import { renderSettingsPage } from "../../../src/config/render-settings-page.ts";
import { settingEntries } from "../../../src/config/settings.ts";
import { CapturedOutput } from "../../support/captured-output.ts";

function run(format: HelpEnvOptions["format"]): string {
  const stdout = new CapturedOutput();
  expect(helpEnv({ stdout, format })).to.equal(0);
  return stdout.text;
}

describe("help-env", () => {
  it("prints every setting with default, meaning, what is allowed and an example", () => {
    const text = run("text");
    const flat = text.replace(/\s+/g, " ");
    for (const [, { name, meaning, allowed, example }] of settingEntries()) {
      expect(text).to.match(new RegExp(`^  LENGKET_${name}  [=(]`, "m"));
      expect(flat)
        .to.include(meaning)
        .and.to.include(`allowed: ${allowed}`)
        .and.to.include(`e.g. LENGKET_${name}=${example}`);
    }
  });

  it("keeps to 80 columns, but for words that are longer", () => {
    const tooLong = run("text")
      .split("\n")
      .filter((line) => line.length > 80 && line.trim().includes(" "));
    expect(tooLong.filter((line) => !/^ {2}LENGKET_/.test(line))).to.deep.equal([]);
  });

  it("prints the documentation page and the example file as they are made", () => {
    expect(run("docs")).to.equal(renderSettingsPage());
    expect(run("example")).to.equal(renderEnvExample());
  });
});
