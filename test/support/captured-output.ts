import type { Output } from "../../src/cli/output.ts";

/** An output that keeps what is written. */
export class CapturedOutput implements Output {
  readonly isTTY: boolean;
  #text = "";

  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }

  get text(): string {
    return this.#text;
  }

  write(text: string): void {
    this.#text += text;
  }
}
