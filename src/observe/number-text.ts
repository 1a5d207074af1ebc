/** Decimal numbers for log lines. */
export interface NumberText {
  /** A whole number. */
  integer(value: number): string;
  /** A duration in ms, to the microsecond, without needless zeros: `1.035`, `7`, `-1`. */
  milliseconds(value: number): string;
}

const LARGEST = 1e15;

/**
 * Puts numbers together from a table of three-digit groups. V8 keeps the text of every number it converts in a cache,
 * and numbers that never come again (ids, byte counts, times) survive there just long enough to make it enlarge the young
 * generation: at full load from 8 to 34 MB on Node 20, to 134 MB on Node 24, and a line takes twice as long to make.
 */
export function createNumberText(): NumberText {
  const plain = Array.from({ length: 1000 }, (_, i) => String(i));
  const padded = plain.map((text) => text.padStart(3, "0"));
  const fractions = padded.map((text) => `.${text}`.replace(/\.?0+$/, ""));

  const integer = (value: number): string => {
    if (!Number.isInteger(value) || value < 0 || value >= LARGEST) return String(value);
    if (value < 1000) return plain[value] ?? "";
    const high = Math.floor(value / 1000);
    return integer(high) + (padded[value - high * 1000] ?? "");
  };

  return {
    integer,
    milliseconds: (value) => {
      const micros = Math.round(value * 1000);
      if (!(micros >= 0 && micros < LARGEST)) return String(micros / 1000);
      const whole = Math.floor(micros / 1000);
      return integer(whole) + (fractions[micros - whole * 1000] ?? "");
    },
  };
}
