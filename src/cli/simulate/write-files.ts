import { randomUUID } from "node:crypto";
import { access, constants, lstat, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/**
 * Writes all files or none: under other names first, and renames them when all are there. Makes the folder when it is
 * missing; replaces files of these names, and leaves all others alone.
 *
 * @param files - texts by name
 * @throws Error of the file system
 */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await makeFolder(resolve(folder));
  // The one thing that would stop a rename in the middle.
  for (const name of files.keys()) await refuseDirectory(join(folder, name));
  const run = randomUUID();
  const drafts = [...files].map(([name, text]) => ({ name, text, draft: join(folder, `.${name}.${run}`) }));
  try {
    for (const { draft, text } of drafts) await writeFile(draft, text, { flag: "wx" });
    for (const { name, draft } of drafts) await rename(draft, join(folder, name));
  } catch (error) {
    await Promise.all(drafts.map(({ draft }) => rm(draft, { force: true })));
    throw error;
  }
}

/**
 * Changes nothing: looks whether files of these names could be written to the folder, which may be missing yet.
 * @throws Error of the file system, as far as it can be told without trying
 */
export async function checkFolder(folder: string, names: readonly string[]): Promise<void> {
  const path = resolve(folder);
  let nearest = path;
  while (!(await isThere(nearest)) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  if (!(await stat(nearest)).isDirectory()) {
    throw Object.assign(new Error(`${nearest} is no directory`), { code: nearest === path ? "EEXIST" : "ENOTDIR" });
  }
  await access(nearest, constants.W_OK | constants.X_OK);
  if (nearest === path) for (const name of names) await refuseDirectory(join(folder, name));
}

/**
 * Makes a folder and those above it, as `mkdir` with `recursive` does; but that one tries for ever where a file system answers
 * ENOENT below a folder that is there, as /proc does.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code !== "ENOENT" || parent === path || (await isThere(parent))) throw error;
    await makeFolder(parent);
    await mkdir(path);
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function refuseDirectory(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw Object.assign(new Error(`${path} is a directory`), { code: "EISDIR" });
}
