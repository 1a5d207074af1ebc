import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { reply } from "./messages.ts";

/** A Node process of the benchmark's own that answers messages one at a time. Whoever started it stops it. */
export class BenchProcess {
  readonly #child: ChildProcess;
  readonly #name: string;

  /** @param prefix put before the command, to pin it to a core */
  constructor(script: URL, prefix: readonly string[]) {
    const file = fileURLToPath(script);
    const [command = process.execPath, ...args] = [...prefix, process.execPath, "--enable-source-maps", file];
    this.#name = file;
    this.#child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("error", () => {
      // Told to whoever asks next: `exit` or a failed send follows.
    });
  }

  /** @throws Error with the process's own words when it could not do it, or when it ended. */
  async ask(request: object): Promise<unknown> {
    const waiting = new AbortController();
    try {
      const { signal } = waiting;
      const ended = once(this.#child, "exit", { signal }).then(([code, by]) => {
        throw new Error(`${this.#name} ended (${by ?? code})`);
      });
      const answered = once(this.#child, "message", { signal });
      this.#child.send(request);
      const [message] = await Promise.race([answered, ended]);
      const answer = reply.parse(message);
      if (answer.kind === "failed") throw new Error(answer.problem);
      return answer.value;
    } finally {
      waiting.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await gone;
  }
}
