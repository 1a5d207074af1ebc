import { isIP } from "node:net";

/**
 * Local addresses for outgoing connections (SOURCE_ADDRESS), used in turn. A connection to an IP address gets one of the
 * same family; a host name gets any, because its family is known only after it was looked up.
 */
export class SourceAddresses {
  readonly #all: readonly string[];
  readonly #byFamily: ReadonlyMap<number, readonly string[]>;
  #turn = 0;

  constructor(addresses: readonly string[]) {
    this.#all = addresses;
    this.#byFamily = new Map([4, 6].map((family) => [family, addresses.filter((text) => isIP(text) === family)]));
  }

  /** Undefined = there is none for this host: the kernel chooses. */
  next(host: string): string | undefined {
    if (this.#all.length === 0) return undefined;
    const fitting = this.#byFamily.get(isIP(host)) ?? this.#all;
    this.#turn++;
    return fitting[this.#turn % fitting.length];
  }
}
