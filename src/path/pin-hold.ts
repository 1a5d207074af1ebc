import type { BackendId } from "../model/backend.ts";
import type { Chosen } from "../model/choice.ts";
import type { DataPath } from "./data-path.ts";
import { pinEffect } from "./pins.ts";

/** One connection's part in keeping its client where an overflow (or, with FAIL_BACK=new, a failover) put it. */
export class PinHold {
  readonly #path: DataPath;
  readonly #client: string;
  #held: BackendId | undefined;

  /** @param client under which name the client is pinned */
  constructor(path: DataPath, client: string) {
    this.#path = path;
    this.#client = client;
  }

  /** The connection is made. */
  hold(chosen: Chosen): void {
    const { pins, options } = this.#path;
    const effect = pinEffect(chosen.reason, options.failBack);
    if (effect === "keep") {
      this.#held = chosen.member.backend.id;
      pins.opened(this.#client, this.#held);
    } else if (effect === "drop") pins.forget(this.#client);
  }

  /** The connection has ended. Harmless when called again. */
  release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#path.pins.closed(this.#client, held, this.#path.clock.nowMs());
  }
}
