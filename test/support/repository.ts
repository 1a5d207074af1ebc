import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder: the nearest one above this file that has a package.json. */
function findRoot(from: string): string {
  if (existsSync(join(from, "package.json"))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error("no package.json above the tests");
  return findRoot(parent);
}

export const repositoryRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The text of a file of the repository. */
export function repositoryText(path: string): string {
  return readFileSync(join(repositoryRoot, path), "utf8");
}
