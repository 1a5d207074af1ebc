import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Flags } from "./balancer-of.ts";
import { Gathered } from "./gathered.ts";

/** The executable of the build that the tests belong to. */
export const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));

export type Line = Readonly<Record<string, unknown>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  /** What runs `node main.js run`; the command and its first arguments. Default: this very Node. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** The executable; default: the one of the tests' build. */
  readonly main?: string;
  readonly stdio?: StdioOptions;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** This process's environment without settings of the balancer. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("LENGKET_") && name !== "PORT"),
  );
}

/** `lengket run` as a process of its own. */
export class LengketProcess {
  readonly child: ChildProcess;
  /** The operational log. */
  readonly log = new Gathered<Line>();
  /** The access log, when it goes to standard output. */
  readonly access = new Gathered<Line>();
  /** What it wrote to standard error that is no log line, such as the report of a bad configuration. */
  readonly text = new Gathered<string>();
  readonly exited: Promise<Exit>;
  #port = 0;

  /** Settings are given as environment variables. One listener on 127.0.0.1, and no active checks, unless they say otherwise. */
  constructor(flags: Flags, options: ProcessOptions = {}) {
    const [command = process.execPath, ...before] = options.command ?? [process.execPath];
    const settings = { LISTEN: "127.0.0.1:0", HEALTH: "off", ...flags };
    const env = Object.entries(settings).map(([name, value]) => [`LENGKET_${name}`, value]);
    this.child = spawn(command, [...before, options.main ?? MAIN, "run", ...(options.args ?? [])], {
      stdio: options.stdio ?? ["ignore", "pipe", "pipe"],
      env: { ...cleanEnvironment(), ...Object.fromEntries(env), ...options.env },
    });
    readLines(this.child.stdout, (line) => this.access.push(JSON.parse(line)));
    readLines(this.child.stderr, (line) => {
      if (line.startsWith("{")) this.log.push(JSON.parse(line));
      else this.text.push(line);
    });
    this.exited = new Promise((resolve) => {
      this.child.once("close", (code, signal) => resolve({ code, signal }));
    });
  }

  /** Starts one and waits until it listens. The caller ends it with `kill`. */
  static async start(flags: Flags, options: ProcessOptions = {}): Promise<LengketProcess> {
    const running = new LengketProcess(flags, options);
    const listening = await running.said("listening");
    running.#port = Number(/:(\d+)(?:,|$)/.exec(String(listening["addresses"]))?.[1] ?? 0);
    return running;
  }

  /** The port of its first TCP listener. */
  get port(): number {
    return this.#port;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** The first line of the log with this event; `from` passes over earlier lines. */
  said(event: string, fits: (line: Line) => boolean = () => true, from = 0): Promise<Line> {
    const ended = this.exited.then(({ code, signal }) => {
      throw new Error(`it ended with ${signal ?? code} before "${event}"\n${this.text.items.join("\n")}`);
    });
    return Promise.race([this.log.first(event, (l) => l["event"] === event && fits(l), { from }), ended]);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it at once, if it still runs. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on("line", onLine);
}

/** A number of /proc/PID/status, e.g. `VmRSS`, in KiB. */
export function statusOf(pid: number, name: string): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
}

/** CPU time that a process has used, user and system, in ms (proc(5): fields 14 and 15, in ticks of 10 ms). */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
