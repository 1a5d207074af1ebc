import { accept, type Reading, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["b", 1],
  ["k", 2 ** 10],
  ["kib", 2 ** 10],
  ["m", 2 ** 20],
  ["mib", 2 ** 20],
  ["g", 2 ** 30],
  ["gib", 2 ** 30],
]);

/** The smallest and the largest size, with their units. */
export interface SizeRange {
  readonly min: string;
  readonly max: string;
}

/**
 * A size in bytes with binary units: `64KiB`, `1MiB`, `64k`, `1m`, `65536`. `KB` and `MB` are refused: they are powers
 * of ten to some and powers of two to others.
 */
export function size({ min, max }: SizeRange): SettingType<number> {
  const minBytes = bytes(min);
  const maxBytes = bytes(max);
  const allowed = `${min} to ${max}`;
  return settingType("size", allowed, (text): Reading<number> => {
    const value = bytes(text);
    if (value >= minBytes && value <= maxBytes) return accept(value);
    const decimalUnit = /^(\d+) ?([kmg])b$/i.exec(text);
    if (decimalUnit !== null) {
      const [, digits, unit] = decimalUnit;
      return refuse("KB, MB and GB are ambiguous", `did you mean ${digits}${unit?.toUpperCase()}iB?`);
    }
    return refuse(`not a size of ${allowed}`, Number.isNaN(value) ? "write e.g. 64KiB, 1MiB, 64k or 1m" : undefined);
  });
}

/** NaN when it is no size or no whole number of bytes. */
function bytes(text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?) ?([a-z]{0,3})$/i.exec(text);
  const value = Number(match?.[1]) * (UNIT_BYTES.get(match?.[2]?.toLowerCase() ?? "?") ?? Number.NaN);
  return Number.isInteger(value) ? value : Number.NaN;
}
