/** What a line of an access log stands for. */
export type LogUnit = "connection" | "request";

/** The forms of log lines that are understood. */
export type LogFormat =
  | "combined"
  | "haproxy-tcp"
  | "haproxy-http"
  | "lengket-connections"
  | "lengket-requests"
  | "csv";

/** Where a line's reader puts what it found. One for all lines, so that reading a line allocates nothing. */
export interface Found {
  /** The address in four words (IPv4 as IPv4-mapped IPv6), the most significant first. */
  readonly words: Int32Array;
  /** How many connections or requests the line stands for: 1, unless it says otherwise. */
  count: number;
}

/**
 * What became of a line. `counted`: `Found` is filled · `passed-over`: it is well-formed, but not what is counted (the
 * other kind of line, a comment) · `no-address`: well-formed, and of a client without an address (a unix socket) · everything
 * else is a mistake in the words that are shown to people.
 */
export type LineVerdict =
  | "counted"
  | "passed-over"
  | "no-address"
  | "not a line of this format"
  | "not an address"
  | "not a count"
  | "too long";

/** Reads the line in `bytes` from `start` to `end` (without line end, never empty). */
export type LineReader = (bytes: Uint8Array, start: number, end: number, found: Found) => LineVerdict;

/** One line that could not be read. */
export interface BadLine {
  /** Counted from 1. */
  readonly line: number;
  readonly because: LineVerdict;
  /** Its beginning, printable; undefined when addresses are masked. */
  readonly text: string | undefined;
}
