import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { accepts, freePort } from "./tcp-tools.ts";

const PORT_ATTEMPTS = 5;
const START_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 3_000;
const POLL_MS = 10;
const OUTPUT_LIMIT = 64 * 1024;

/** How to start a program that listens on a port it is told. */
export interface LaunchPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** A running program that accepts connections at `host:port`. Whoever launched it must `stop()` it. */
export interface Launched {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** What it has printed so far on both outputs (the first 64 KiB). */
  output(): string;
  /** SIGTERM, after 3 s SIGKILL; resolves when the process is gone and its folder removed. Calling it again is harmless. */
  stop(): Promise<void>;
}

/**
 * Starts a foreign program on a free port of `host` and waits until it accepts connections. `plan` is asked with the port
 * and an empty temporary folder, where it may write a configuration. A port lost to another process is replaced by a new one.
 * @throws Error with the program's output when it ends early or does not accept within 10 s.
 */
export async function launch(
  host: string,
  plan: (port: number, folder: string) => LaunchPlan,
  attempts: number = PORT_ATTEMPTS,
): Promise<Launched> {
  const port = await freePort(host);
  const program = new Program(host, port, plan);
  try {
    await program.accepting();
    return program;
  } catch (error) {
    await program.stop();
    if (attempts > 1 && /in use|EADDRINUSE/i.test(program.output())) return launch(host, plan, attempts - 1);
    throw error;
  }
}

class Program implements Launched {
  readonly host: string;
  readonly port: number;
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #output = "";
  #ended: string | undefined;

  constructor(host: string, port: number, plan: (port: number, folder: string) => LaunchPlan) {
    this.host = host;
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), "lengket-"));
    const { command, args, environment } = plan(port, this.#folder);
    this.#child = spawn(command, args, { env: environment ?? process.env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        if (this.#output.length < OUTPUT_LIMIT) this.#output += text;
      });
    }
    this.#gone = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#ended = error.message;
        resolve();
      });
      this.#child.once("close", (code, signal) => {
        this.#ended ??= `ended with ${signal ?? `code ${code}`}`;
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  output(): string {
    return this.#output;
  }

  async accepting(): Promise<void> {
    const deadlineMs = performance.now() + START_DEADLINE_MS;
    while (this.#ended === undefined && performance.now() < deadlineMs) {
      if (await accepts(this.host, this.port)) return;
      await delay(POLL_MS);
    }
    const what = this.#ended ?? `does not accept connections at ${this.host}:${this.port}`;
    throw new Error(`${this.#child.spawnfile} ${what}\n${this.#output}`);
  }

  async stop(): Promise<void> {
    if (this.#ended === undefined) {
      this.#child.kill("SIGTERM");
      const patience = setTimeout(() => this.#child.kill("SIGKILL"), STOP_DEADLINE_MS);
      await this.#gone;
      clearTimeout(patience);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
