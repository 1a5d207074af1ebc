import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

/** What one analysis cost. */
export interface LogRun {
  readonly wallMs: number;
  /** User and system time of all threads. */
  readonly cpuMs: number;
  /** The most memory that was resident at once, in bytes: VmHWM of proc(5). */
  readonly peakBytes: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Put into the process that is measured: as it ends, it says what it used on descriptor 3. `getrusage` would not do for
 * memory, as its maximum is inherited from the parent over fork and exec.
 */
const REPORTER = `
import { readFileSync, writeSync } from "node:fs";
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  const peak = Number(/^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  writeSync(3, JSON.stringify({ cpuMs: (user + system) / 1000, peakBytes: peak * 1024 }));
});`;

/** Settings, and what makes a process count its coverage: neither shall be measured. */
function isOurs(name: string): boolean {
  return name === "PORT" || name === "NODE_V8_COVERAGE" || name.startsWith("LENGKET_");
}

/**
 * Runs a script of Node to its end and measures it from start to exit.
 * @param prefix - a command to put in front, e.g. `taskset -c 1`
 * @param script - the script and its arguments
 * @throws Error with its output when it fails
 */
export async function runMeasured(prefix: readonly string[], script: readonly string[]): Promise<LogRun> {
  const preload = `data:text/javascript,${encodeURIComponent(REPORTER)}`;
  const [command = "", ...args] = [...prefix, process.execPath, "--import", preload, ...script];
  const startMs = performance.now();
  const environment = Object.entries(process.env).filter(([name]) => !isOurs(name));
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: Object.fromEntries(environment),
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      endedMs = performance.now();
      resolve(code);
    });
  });
  let endedMs = startMs;
  const [, out, err, report] = child.stdio as unknown as readonly [unknown, Readable, Readable, Readable];
  const [code, stdout, stderr, usage] = await Promise.all([ended, text(out), text(err), text(report)]);
  if (code !== 0) throw new Error(`${script.join(" ")} ended with ${code}:\n${stderr}`);
  const { cpuMs, peakBytes } = JSON.parse(usage) as { readonly cpuMs: number; readonly peakBytes: number };
  return { wallMs: endedMs - startMs, cpuMs, peakBytes, stdout, stderr };
}
