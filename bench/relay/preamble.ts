/**
 * What a load connection asks of the backend. `echo`: every byte comes back. `sink`: the backend checks what it gets and
 * answers 8 bytes (u64 LE: how many were good so far, all ones = some were not) after every `transferBytes`. `source`: every byte asks for `transferBytes`.
 */
export type TrafficMode = "echo" | "sink" | "source";

/** The first 16 bytes of every load connection; they count neither as sent nor as pattern. */
export interface Preamble {
  readonly mode: TrafficMode;
  /** Where in the pattern this connection's stream begins; different for each, so that mixed-up connections are noticed. */
  readonly offset: number;
  /** 1 – 2^32-1; no meaning for `echo`. */
  readonly transferBytes: number;
}

export const PREAMBLE_BYTES = 16;
export const ACKNOWLEDGEMENT_BYTES = 8;

const MAGIC = 0x4c4b_4231;
const MODES: readonly TrafficMode[] = ["echo", "sink", "source"];

/** The bytes that a load connection begins with. */
export function encodePreamble(preamble: Preamble): Buffer {
  const bytes = Buffer.alloc(PREAMBLE_BYTES);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(MODES.indexOf(preamble.mode), 4);
  bytes.writeUInt32BE(preamble.offset, 8);
  bytes.writeUInt32BE(preamble.transferBytes, 12);
  return bytes;
}

/** The preamble in the first 16 bytes; undefined when they are something else. */
export function decodePreamble(bytes: Buffer): Preamble | undefined {
  if (bytes.length < PREAMBLE_BYTES || bytes.readUInt32BE(0) !== MAGIC) return undefined;
  const mode = MODES[bytes.readUInt32BE(4)];
  if (mode === undefined) return undefined;
  return { mode, offset: bytes.readUInt32BE(8), transferBytes: bytes.readUInt32BE(12) };
}
