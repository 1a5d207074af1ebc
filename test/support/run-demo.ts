import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Lengket in a process of its own, with what it has written. */
export interface Running {
  readonly child: Child;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The exit code, or the signal. */
  readonly ended: Promise<number | string>;
}

/** Without the variables that ask for colours or are meant for another Lengket. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, NO_COLOR: __, ...env } = process.env;
  return { ...env, LENGKET_HASH_SEED: "7", LENGKET_NOT_A_SETTING: "1" };
}

/** Starts Lengket with these arguments. Whoever started it ends it. */
export function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: plainEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Resolves when `text` was printed; rejects when the program ends without it. */
export async function printed(running: Running, text: string): Promise<void> {
  while (!running.stdout().includes(text)) {
    const over = await Promise.race([
      once(running.child.stdout, "data").then(() => false),
      running.ended.then(() => true),
    ]);
    if (over && !running.stdout().includes(text)) throw new Error(`ended without "${text}"\n${running.stdout()}`);
  }
}
