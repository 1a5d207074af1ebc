import { logFormats } from "./formats.ts";
import type { Found, LogFormat } from "./line-format.ts";
import { LineSplitter } from "./split-lines.ts";

/** So many bytes from the beginning of a log are looked at. */
export const DETECTION_BYTES = 64 * 1024;

/**
 * The format in which most lines of the sample can be read; undefined when none can. Lines that a format passes over do not
 * speak for it.
 *
 * @param sample - the beginning of a log
 * @param isWhole - it is the whole log: its last line is not cut
 */
export function detectFormat(sample: Uint8Array, isWhole: boolean): LogFormat | undefined {
  const found: Found = { words: new Int32Array(4), count: 0 };
  const readable = logFormats.map(() => 0);
  const splitter = new LineSplitter((bytes, from, to) => {
    if (from === to) return;
    logFormats.forEach(({ read }, i) => {
      const verdict = read(bytes, from, to, found);
      if (verdict === "counted" || verdict === "no-address") readable[i] = (readable[i] ?? 0) + 1;
    });
  });
  splitter.push(sample);
  if (isWhole) splitter.end();
  const most = Math.max(...readable);
  return most === 0 ? undefined : logFormats[readable.indexOf(most)]?.format;
}
