import type { BackendId } from "../model/backend.ts";
import type { Chosen } from "../model/choice.ts";
import type { DataPath } from "./data-path.ts";

/** One connection's part in keeping its client where an overflow (or, with FAIL_BACK=new, a failover) put it. */
export class PinHold {
  readonly #path: DataPath;
  #held: { readonly client: string; readonly backend: BackendId } | undefined;

  constructor(path: DataPath) {
    this.#path = path;
  }

  /** The connection is made. @param client under which name the client is pinned; undefined = never */
  hold(client: string | undefined, chosen: Chosen): void {
    const { pins, options } = this.#path;
    if (client === undefined || options.overflowPinMs === 0) return;
    const { reason } = chosen;
    const staysAway =
      reason === "pinned" || reason === "overflow" || (reason === "failover" && options.failBack === "new");
    if (staysAway) {
      this.#held = { client, backend: chosen.member.backend.id };
      pins.opened(client, this.#held.backend);
    } else if (reason === "home" || reason === "nat-split") pins.forget(client);
  }

  /** The connection has ended. Harmless when called again. */
  release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#path.pins.closed(held.client, held.backend, this.#path.clock.nowMs());
  }
}
