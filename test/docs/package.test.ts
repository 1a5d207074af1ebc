import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { linksOf } from "../support/markdown.ts";
import { repositoryRoot, repositoryText } from "../support/repository.ts";

describe("the package", () => {
  it("has every page and picture that its pages lead to", async () => {
    const args = ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"];
    const { stdout } = await promisify(execFile)("npm", args, { cwd: repositoryRoot, maxBuffer: 1 << 24 });
    const [{ files = [] } = {}] = JSON.parse(stdout) as { readonly files?: readonly { readonly path: string }[] }[];
    const packed = new Set(files.map(({ path }) => path));
    // A link to a folder leads to what is in it.
    const isPacked = (path: string): boolean =>
      packed.has(path) || [...packed].some((file) => file.startsWith(`${path}/`));
    const broken: string[] = [];
    let seen = 0;
    for (const page of packed) {
      if (!page.endsWith(".md")) continue;
      const text = repositoryText(page);
      const pictures = [...text.matchAll(/(?:src|srcset)="([^":]+)"/g)].map(([, path = ""]) => path);
      for (const path of [...linksOf(text).map((link) => link.path), ...pictures]) {
        seen++;
        if (path !== "" && !isPacked(join(dirname(page), path))) broken.push(`${page}: ${path}`);
      }
    }
    expect(packed).to.include("README.md").and.include("docs/recipes.md").and.include(".env.example");
    expect(seen).to.be.above(60);
    expect(broken).to.deep.equal([]);
    expect([...packed].filter((path) => /^(?:test|build|coverage|node_modules)\//.test(path))).to.deep.equal([]);
  });
});
