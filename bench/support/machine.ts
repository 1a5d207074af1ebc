import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { dirname, join } from "node:path";

/** Where the numbers come from. */
export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Which process was pinned to which CPU, or why none was. */
  readonly pinning: string;
}

/** This machine. @param pinning what was pinned to which CPU */
export function describeMachine(pinning: string): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? "unknown",
    cpus: all.length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: `${type()} ${release()}`,
    node: process.version,
    pinning,
  };
}

/** The nearest folder at or above `from` that holds a package.json. */
export function projectRoot(from: string): string {
  if (existsSync(join(from, "package.json"))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error("no package.json above this file");
  return projectRoot(parent);
}

/** Our version, with the commit when this is a git working copy: `0.1.0 (16a6e07, changed)`. */
export function projectVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
  const git = spawnSync("git", ["-C", root, "describe", "--always", "--exclude=*", "--dirty=, changed"], {
    encoding: "utf8",
  });
  return git.status === 0 ? `${version} (${git.stdout.trim()})` : version;
}
