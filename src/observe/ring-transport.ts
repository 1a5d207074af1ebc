import winston from "winston";
import type { LineRing } from "./line-ring.ts";

/** The keys under which winston keeps the level and the finished line of an entry (documented in logform). */
export const LEVEL = Symbol.for("level");
export const MESSAGE = Symbol.for("message");

/** An entry as winston hands it to its transports. */
export interface LineInfo {
  readonly level: string;
  readonly message: string;
  readonly [LEVEL]: string;
  [MESSAGE]: string;
}

// The class is there under the name `Transport`, but winston's own types know only its instances, as `transport`.
const { Transport } = winston as unknown as { readonly Transport: new () => winston.transport };

/**
 * Hands finished lines to a ring. It answers at once, always: then no stream of winston ever buffers an entry (which
 * it would do without a bound), and the ring's limit is the limit of the whole.
 */
export class RingTransport extends Transport {
  readonly #ring: LineRing;

  /** The ring stays the caller's: to flush and to close. */
  constructor(ring: LineRing) {
    super();
    this.#ring = ring;
  }

  override log(info: LineInfo, next: () => void): void {
    this.#ring.append(info[MESSAGE]);
    next();
  }
}
