import type { LoadContext } from "./load.ts";
import type { Preamble } from "./preamble.ts";
import { StreamClient } from "./stream-client.ts";

/** What arrived: part of the answer, the last part of it, or something that was never sent. */
export type Progress = "more" | "done" | "corrupt";

/** What one connection does again and again. */
export interface Step {
  readonly preamble: Preamble;
  /** Sends what starts a step. `write` returns false when the rest should wait for `drained`. */
  begin(write: (chunk: Buffer) => boolean): void;
  drained?(write: (chunk: Buffer) => boolean): void;
  received(chunk: Uint8Array, length: number): Progress;
}

/** A connection that repeats a step until told otherwise. */
export class Lane {
  readonly #client: StreamClient;
  readonly #step: Step;
  readonly #write = (chunk: Buffer): boolean => this.#client.write(chunk);
  #deadlineMs = 0;
  #steps = 0;
  /** Set while a step is in flight. */
  #finish: (() => void) | undefined;

  constructor(context: LoadContext, index: number, readBuffer: Buffer, step: Step) {
    this.#step = step;
    this.#client = new StreamClient(context, index, readBuffer, {
      received: (chunk, length) => this.#received(chunk, length),
      drained: () => step.drained?.(this.#write),
    });
  }

  open(): Promise<void> {
    return this.#client.open(this.#step.preamble);
  }

  /** At least one step; the last one begins before `deadlineMs` and is awaited. Resolves to the steps done. */
  async workUntil(deadlineMs: number): Promise<number> {
    this.#deadlineMs = deadlineMs;
    this.#steps = 0;
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.#step.begin(this.#write);
    await this.#client.during(finished);
    return this.#steps;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  destroy(): void {
    this.#client.fail("given up");
  }

  #received(chunk: Uint8Array, length: number): void {
    const finish = this.#finish;
    const progress = finish === undefined ? "corrupt" : this.#step.received(chunk, length);
    if (progress === "more") return;
    if (finish === undefined || progress === "corrupt") {
      this.#client.fail("the bytes that arrived are not the bytes that were sent");
      return;
    }
    this.#steps++;
    if (performance.now() < this.#deadlineMs) {
      this.#step.begin(this.#write);
      return;
    }
    this.#finish = undefined;
    finish();
  }
}
