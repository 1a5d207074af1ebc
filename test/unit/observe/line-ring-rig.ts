import { LineRing, type LineRingOptions, type RingChange } from "../../../src/observe/line-ring.ts";
import { ScriptedFiles } from "../../support/scripted-files.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

/** The descriptor of the first file. */
export const FD = 9;

/** A ring of 40 bytes in front of scripted files, and what it said about itself. */
export function setUp(options: Partial<LineRingOptions> = {}): {
  readonly clock: SteppedClock;
  readonly files: ScriptedFiles;
  readonly ring: LineRing;
  readonly changes: RingChange[];
} {
  const clock = new SteppedClock();
  const files = new ScriptedFiles();
  const ring = new LineRing({ file: { fd: FD, owned: true }, limitBytes: 40, lingerMs: 0, clock, files, ...options });
  const changes: RingChange[] = [];
  ring.onChange((change) => changes.push(change));
  return { clock, files, ring, changes };
}
