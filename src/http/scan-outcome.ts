import type { Refusal } from "./refusal.ts";

/** `more`: scan again when more has arrived. `head`: the head is complete and in order. */
export type ScanOutcome = "more" | "head" | Refusal;

/** What finds the end of a head in bytes that arrive in pieces, and judges it. */
export interface HeadScanner<Head> {
  /** Filled in by the call of `scan` that answers `head`. */
  readonly head: Head;
  /** Behind the head, after `head`, in the buffer of that call. */
  readonly headEnd: number;
  /** Bytes that a `more` may ask to be kept, at most. */
  readonly maxPendingBytes: number;
  /** Forgets what was scanned: the next call of `scan` begins a new head. Also done by `head` and by a refusal. */
  reset(): void;
  /**
   * Goes on where the last call stopped. `buffer[from..to)` holds everything since the beginning of the message, also
   * what earlier calls have seen; it may have been moved or copied elsewhere in between. Bytes are not kept, and not
   * looked at twice.
   */
  scan(buffer: Buffer, from: number, to: number): ScanOutcome;
}
