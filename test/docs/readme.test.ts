import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { variableName } from "../../src/config/setting.ts";
import { settingEntries } from "../../src/config/settings.ts";
import { repositoryRoot, repositoryText } from "../support/repository.ts";

const readme = repositoryText("README.md");

describe("README.md", () => {
  it("links to files that exist", () => {
    const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target ?? "");
    expect(targets.length).to.be.greaterThan(3);
    expect(targets.filter((target) => !existsSync(join(repositoryRoot, target)))).to.deep.equal([]);
  });

  it("names only settings that exist", () => {
    const known = new Set(settingEntries().map(([, { name }]) => variableName(name)));
    const named = [...readme.matchAll(/LENGKET_[A-Z0-9_]*[A-Z0-9]/g)].map(([name]) => name);
    expect(named.length).to.be.greaterThan(10);
    expect([...new Set(named)].filter((name) => !known.has(name))).to.deep.equal([]);
  });

  it("states the defaults that the table has", () => {
    const rows = [...readme.matchAll(/^\| `LENGKET_([A-Z0-9_]+)`[^|]*\| (?:`([^`]*)`)? ?\|/gm)];
    const defaults = new Map<string, string>(settingEntries().map(([, { name, default: text }]) => [name, text]));
    const wrong = rows.filter(([, name = "", text = ""]) => defaults.get(name) !== text).map(([row]) => row);
    expect(rows.length).to.be.greaterThan(6);
    expect(wrong).to.deep.equal([]);
  });

  it("shows the table of the skew benchmark as it was measured", () => {
    const shown = /<!-- the short table of (\S+) -->\n([\s\S]*?)\n<!-- end -->/.exec(readme);
    const [, page = "", table = ""] = shown ?? [];
    expect(table.split("\n").length).to.be.greaterThan(8);
    expect(repositoryText(page)).to.include(table);
  });
});
