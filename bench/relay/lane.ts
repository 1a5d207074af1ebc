import type { LoadContext } from "../support/load.ts";
import { StreamClient } from "../support/stream-client.ts";
import { encodePreamble, type Preamble } from "./preamble.ts";

export type Write = (chunk: Buffer) => boolean;

/** What one connection does again and again. */
export interface Step {
  readonly preamble: Preamble;
  /** How many steps are under way at the same time. 1 = the next begins when the last has ended. */
  readonly depth: number;
  /** Sends what starts one more step. `write` returns false when the rest should wait for `drained`. */
  begin(write: Write): void;
  drained?(write: Write): void;
  /** Takes what arrived; returns how many steps it completed, or `corrupt` when it is not what was to come. */
  received(chunk: Uint8Array, length: number): number | "corrupt";
}

/** A connection that repeats a step until told otherwise. */
export class Lane {
  readonly #client: StreamClient;
  readonly #step: Step;
  readonly #write: Write = (chunk) => this.#client.write(chunk);
  #deadlineMs = 0;
  #done = 0;
  #underWay = 0;
  #finish: () => void = () => {};

  constructor(context: LoadContext, index: number, readBuffer: Buffer, step: Step) {
    this.#step = step;
    this.#client = new StreamClient(context, index, readBuffer, {
      received: (chunk, length) => this.#received(chunk, length),
      drained: () => step.drained?.(this.#write),
    });
  }

  /** Resolves when connected and the preamble is on its way. */
  async open(): Promise<void> {
    await this.#client.connected();
    this.#client.write(encodePreamble(this.#step.preamble));
  }

  /** At least `depth` steps; no step begins after `deadlineMs`, and all are awaited. Resolves to the steps done. */
  async workUntil(deadlineMs: number): Promise<number> {
    this.#deadlineMs = deadlineMs;
    this.#done = 0;
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    for (let i = 0; i < this.#step.depth; i++) this.#begin();
    await this.#client.during(finished);
    return this.#done;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  destroy(): void {
    this.#client.fail("given up");
  }

  #begin(): void {
    this.#underWay++;
    this.#step.begin(this.#write);
  }

  #received(chunk: Uint8Array, length: number): void {
    const completed = this.#step.received(chunk, length);
    if (completed === "corrupt") {
      this.#client.fail("the bytes that arrived are not the bytes that were sent");
      return;
    }
    for (let i = 0; i < completed; i++) {
      this.#done++;
      this.#underWay--;
      if (performance.now() < this.#deadlineMs) this.#begin();
    }
    if (completed > 0 && this.#underWay === 0) this.#finish();
  }
}
