import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { variableName } from "../../src/config/setting.ts";
import { settingEntries } from "../../src/config/settings.ts";
import { blocksOf, rowsOf } from "../support/markdown.ts";
import { repositoryRoot, repositoryText } from "../support/repository.ts";
import { startBackends } from "../support/test-backend.ts";

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

  it("shows a library that balances as it is written there", async () => {
    const [block = "", ...others] = blocksOf(readme, "js");
    expect(others).to.deep.equal([]);
    const [backend] = await startBackends(1);
    try {
      const library = new URL("../../src/index.js", import.meta.url).href;
      const program = block
        .replace('"lengket"', JSON.stringify(library))
        .replace("app1=localhost:3001, app2=localhost:3002", backend?.setting() ?? "")
        .replace('":8080"', '"127.0.0.1:0"')
        .concat("process.stderr.write(balancer.addresses.join());\n")
        .concat("balancer.close();\n");
      const { stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
      expect(stderr).to.match(/^127\.0\.0\.1:\d+$/);
    } finally {
      await backend?.kill();
    }
  });

  it("shows the table of the skew benchmark as it was measured", () => {
    const shown = /<!-- the short table of (\S+) -->\n([\s\S]*?)\n<!-- end -->/.exec(readme);
    const [, page = "", table = ""] = shown ?? [];
    expect(table.split("\n").length).to.be.greaterThan(8);
    expect(repositoryText(page)).to.include(table);
  });

  for (const page of ["bench/relay/results/latest.md", "bench/http/results/latest.md"]) {
    it(`shows the medians of ${page} as they were measured`, () => {
      const shown = readme.split(`<!-- medians of ${page} -->\n`)[1]?.split("\n<!-- end -->")[0] ?? "";
      const measured = groupsOf(repositoryText(page));
      expect(measured.length).to.be.greaterThan(4);
      // For each row: all ratios, and what HAProxy needed, as plain numbers in the order of the table.
      const expected = measured.map((rows) =>
        rows.flatMap(({ balancer, median, ratio }) => (balancer === "HAProxy" ? [1, median] : [ratio])),
      );
      expect(rowsOf(shown).map((cells) => cells.slice(1).flatMap(numbersOf))).to.deep.equal(expected);
    });
  }
});

interface MeasuredRow {
  readonly balancer: string;
  readonly median: number;
  readonly ratio: number;
}

/** What a table of results says, a group for each operation: only the first row of a group names it. */
function groupsOf(markdown: string): MeasuredRow[][] {
  const groups: MeasuredRow[][] = [];
  for (const [operation, balancer = "", median, , ratio] of rowsOf(markdown)) {
    if (operation !== "") groups.push([]);
    groups.at(-1)?.push({ balancer, median: Number(median), ratio: Number(ratio) });
  }
  return groups;
}

function numbersOf(cell: string): number[] {
  return [...cell.matchAll(/\d+(?:\.\d+)?/g)].map(([text]) => Number(text));
}
