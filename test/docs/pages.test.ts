import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { parseEnvFile } from "../../src/config/env-file.ts";
import { readConfiguration } from "../../src/config/read-configuration.ts";
import { variableName } from "../../src/config/setting.ts";
import { readText } from "../../src/config/setting-type.ts";
import { settingEntries } from "../../src/config/settings.ts";
import { buildTokenTable } from "../../src/http/affinity-token.ts";
import { TWO_BACKENDS } from "../support/configure.ts";
import { anchorsOf, blocksOf, linksOf, proseOf } from "../support/markdown.ts";
import { repositoryRoot, repositoryText } from "../support/repository.ts";

/** Pages that tell people what to set. */
const GUIDES = ["docs/recipes.md", "docs/migration.md"];

function pagesIn(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
}

const PAGES = [...pagesIn("."), ...pagesIn("docs"), ...pagesIn("docs/decisions"), "src/README.md", "bench/README.md"];

/** What `lengket check` would say to the settings of a block, beside what every block needs. */
function complaintsAbout(block: string): readonly unknown[] {
  const { entries, problems } = parseEnvFile(block);
  const given: Record<string, string> = { LENGKET_MODE: "http", LENGKET_BACKENDS: TWO_BACKENDS };
  for (const { name, value } of entries) given[name] = value;
  const isOpaque = given["LENGKET_COOKIE_MODE"] === undefined && given["LENGKET_COOKIE_VALUE"] === undefined;
  if (isOpaque) given["LENGKET_COOKIE_SECRET_FILE"] = "/run/secrets/lengket-cookie";
  const { warnings } = readConfiguration({
    flags: {},
    env: given,
    readFile: () => "dGhpcyBpcyBvbmx5IGZvciBhIHRlc3QgMTIzNDU2Nzg5",
    hostname: () => "host-1",
  });
  return [...problems, ...warnings];
}

describe("the pages of the documentation", () => {
  it("are held to what is complained about: settings that say nothing here, and combinations that cannot be", () => {
    expect(complaintsAbout("LENGKET_LEARN_TTL=2h\n")).to.have.lengthOf(1);
    expect(complaintsAbout("LENGKET_COOKIE_MODE\n")).to.have.lengthOf(1);
    expect(() => complaintsAbout("LENGKET_COOKIE_MODE=passive\n")).to.throw("LENGKET_COOKIE_NAME");
    expect(() => complaintsAbout("LENGKET_NO_SUCH_THING=1\n")).to.throw("LENGKET_NO_SUCH_THING");
  });

  it("link to files and headings that exist", () => {
    const broken: string[] = [];
    let seen = 0;
    for (const page of PAGES) {
      for (const { path, anchor } of linksOf(repositoryText(page))) {
        seen++;
        const target = path === "" ? page : join(dirname(page), path);
        const isThere = existsSync(join(repositoryRoot, target));
        const hasAnchor = anchor === "" || (isThere && anchorsOf(repositoryText(target)).includes(anchor));
        if (!isThere || !hasAnchor) broken.push(`${page}: ${path}#${anchor}`);
      }
    }
    expect(seen).to.be.above(40);
    expect(broken).to.deep.equal([]);
  });

  for (const path of GUIDES) {
    describe(path, () => {
      const page = repositoryText(path);

      it("has only blocks of settings that can be used, without a warning", () => {
        const blocks = blocksOf(page, "sh").filter((block) => block.includes("LENGKET_"));
        expect(blocks.length).to.be.above(2);
        for (const block of blocks) expect(complaintsAbout(block), block).to.deep.equal([]);
      });

      it("names only settings that exist, with values that they can have", () => {
        const settings = new Map(settingEntries().map(([, row]) => [variableName(row.name), row]));
        const named = [...proseOf(page).matchAll(/LENGKET_[A-Z0-9_]*[A-Z0-9]/g)].map(([name]) => name);
        expect(named.length).to.be.above(5);
        expect(named.filter((name) => !settings.has(name))).to.deep.equal([]);

        const given = [...proseOf(page).matchAll(/`(LENGKET_[A-Z0-9_]+)=([^`]+)`/g)];
        const wrong = given.filter(([, name = "", value = ""]) => {
          const row = settings.get(name);
          return row === undefined || !readText(row.schema, value.replaceAll("'", "")).ok;
        });
        expect(given.length).to.be.above(3);
        expect(wrong.map(([text]) => text)).to.deep.equal([]);
      });
    });
  }

  it("promise of Apache's ROUTEID what the tokens keep", () => {
    expect(repositoryText("docs/migration.md")).to.contain("`.app1`");
    const tokens = buildTokenTable([".app1", ".app2"], { value: "id", secrets: [], idleMs: 0, lifeMs: 0 });
    expect(tokens.verify(".app2", 0)).to.include({ state: "valid", backend: ".app2", reissue: false });
    expect(tokens.issue(".app1", 0)).to.equal(".app1");
  });
});
