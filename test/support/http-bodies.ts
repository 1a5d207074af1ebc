import { BodyFramer, type BodyOut } from "../../src/http/body-framer.ts";
import type { Framing } from "../../src/http/body-length.ts";
import { type BodyLimits, DEFAULT_BODY_LIMITS } from "../../src/http/message-limits.ts";
import type { Direction, Refusal } from "../../src/http/refusal.ts";
import { latin1 } from "./http-messages.ts";

export interface BodySetup {
  readonly framing?: Framing;
  readonly length?: number;
  readonly out?: Partial<BodyOut>;
  readonly limits?: Partial<BodyLimits>;
  readonly direction?: Direction;
  readonly compact?: boolean;
}

export interface ReadBody {
  readonly state: "open" | "complete" | Refusal;
  /** What may be passed on, the tail included; not told of a refused body, of which it depends on the pieces. */
  readonly passed: string | undefined;
  readonly dataBytes: number;
  /** Bytes taken. */
  readonly taken: number | undefined;
}

/** Frames `text` in pieces that end at `cuts` (ascending), each overwritten as soon as it was framed. */
export function readBody(text: string, setup: BodySetup, cuts: readonly number[] = []): ReadBody {
  const framer = new BodyFramer(setup.direction ?? "request", { ...DEFAULT_BODY_LIMITS, ...setup.limits });
  framer.begin(setup.framing ?? "chunked", setup.length ?? -1, { chunks: "keep", trailers: "drop", ...setup.out });
  const passed: string[] = [];
  let taken = 0;
  for (const to of [...cuts, text.length]) {
    if (framer.complete || framer.refusal !== undefined) break;
    const piece = latin1(`\r\n0\r\n\r\n${text.slice(taken, to)}\r\n0\r\n\r\n`);
    const end = 7 + to - taken;
    let at = 7;
    while (at < end && !framer.complete && framer.refusal === undefined) {
      const next = setup.compact ? framer.pushCompact(piece, at, end) : framer.push(piece, at, end);
      passed.push(piece.toString("latin1", framer.passFrom, framer.passTo));
      if (next <= at && framer.refusal === undefined) throw new Error("took nothing");
      taken += next - at;
      at = next;
    }
    piece.fill(0x30);
  }
  const refused = framer.refusal !== undefined;
  if (framer.complete) passed.push(framer.tail.toString("latin1"));
  return {
    state: framer.refusal ?? (framer.complete ? "complete" : "open"),
    passed: refused ? undefined : passed.join(""),
    dataBytes: refused ? -1 : framer.dataBytes,
    taken: refused ? undefined : taken,
  };
}
