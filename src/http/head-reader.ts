import { invariant } from "../model/failure.ts";
import type { HeadScanner, ScanOutcome } from "./scan-outcome.ts";

const FIRST_CAPACITY = 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Reads heads from bytes as they arrive. A head that is whole in one piece is scanned where it lies; only one that is
 * not is collected in a buffer of its own, which never holds more than the limits allow and goes when the head is done.
 *
 * Owns the scanner and the collected bytes. Both are idle between heads, so that one reader can serve many connections
 * one after another, and a connection without a head under way needs none.
 */
export class HeadReader<Head> {
  /** Behind the head in the last piece, after `head`. */
  next = 0;
  readonly #scanner: HeadScanner<Head>;
  #kept: Buffer = NOTHING;
  #keptLength = 0;

  constructor(scanner: HeadScanner<Head>) {
    this.#scanner = scanner;
  }

  /** Valid after `head`, until the next `read` or `reset` or until the bytes of its `source` go. */
  get head(): Head {
    return this.#scanner.head;
  }

  /** Bytes of an unfinished head that are held here. */
  get heldBytes(): number {
    return this.#keptLength;
  }

  /**
   * Takes the next piece, `piece[from..to)`. After `more` all of it is taken and may be overwritten; after `head`
   * everything from `next` on is left alone; after a refusal the rest does not matter.
   */
  read(piece: Buffer, from: number, to: number): ScanOutcome {
    if (this.#keptLength === 0) {
      const outcome = this.#scanner.scan(piece, from, to);
      if (outcome === "more") this.#keep(piece, from, to);
      else this.next = this.#scanner.headEnd;
      return outcome;
    }
    const before = this.#keptLength;
    // A head under way ends within the limit or is refused there, so what lies beyond it is not needed to decide.
    const taken = Math.min(to - from, this.#scanner.maxPendingBytes - before);
    this.#keep(piece, from, from + taken);
    const outcome = this.#scanner.scan(this.#kept, 0, this.#keptLength);
    if (outcome === "more") {
      invariant(taken === to - from, "a head went on beyond its limit");
      return "more";
    }
    this.next = from + this.#scanner.headEnd - before;
    this.#keptLength = 0;
    // The head refers to the bytes through its `source`; the next one gets a buffer of its own.
    this.#kept = NOTHING;
    return outcome;
  }

  /** Forgets an unfinished head. */
  reset(): void {
    this.#scanner.reset();
    this.#keptLength = 0;
    this.#kept = NOTHING;
  }

  #keep(piece: Buffer, from: number, to: number): void {
    const length = this.#keptLength + to - from;
    if (length > this.#kept.length) {
      const wanted = Math.max(length, 2 * this.#kept.length, FIRST_CAPACITY);
      const grown = Buffer.allocUnsafeSlow(Math.max(length, Math.min(wanted, this.#scanner.maxPendingBytes)));
      grown.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = grown;
    }
    this.#kept.set(piece.subarray(from, to), this.#keptLength);
    this.#keptLength = length;
  }
}
