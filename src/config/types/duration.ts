import { accept, type Reading, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Timers of Node cannot wait longer than 2^31 - 1 ms (24.8 days). */
const LONGEST = "24d";

export interface DurationRange {
  /** The shortest, with its unit. */
  readonly min: string;
  /** The longest, with its unit; 24d when absent. */
  readonly max?: string;
  /** What `0` and `off` mean when they are allowed. */
  readonly zero?: string;
  /** Only whole seconds, where a protocol knows nothing smaller. */
  readonly wholeSeconds?: boolean;
}

/**
 * A duration in whole milliseconds, written with its unit: `500ms`, `1.5s`, `2m`, `1h`, `7d`. A bare number is refused
 * because programs differ in what they make of it: HAProxy reads milliseconds, nginx seconds.
 */
export function duration({ min, max = LONGEST, zero, wholeSeconds = false }: DurationRange): SettingType<number> {
  const minMs = milliseconds(min);
  const maxMs = milliseconds(max);
  const allowed = `${min} to ${max}${zero === undefined ? "" : `, or 0 (${zero})`}`;
  return settingType("duration", allowed, (text): Reading<number> => {
    if (zero !== undefined && (text === "0" || text === "off")) return accept(0);
    const value = milliseconds(text);
    if (value >= minMs && value <= maxMs) {
      return wholeSeconds && value % 1000 !== 0
        ? refuse("not a whole number of seconds", ceilSeconds(value))
        : accept(value);
    }
    if (zero !== undefined && value === 0) return accept(0);
    if (text === "0" || text === "off" || !Number.isNaN(value)) return refuse(`not a duration of ${allowed}`);
    if (/^\d+(\.\d+)?$/.test(text)) {
      return refuse("a duration needs a unit: ms, s, m, h or d", `write ${text}s, or ${text}ms`);
    }
    return refuse(
      `not a duration of ${allowed}`,
      `write a number and its unit${inOurUnits(text) ?? ", e.g. 500ms, 5s, 2m, 1h, 7d"}`,
    );
  });
}

/** Units as other programs and people write them. */
const OTHER_UNITS: readonly (readonly [unit: string, words: RegExp])[] = [
  ["ms", /^(?:ms|msecs?|millis|milliseconds?)$/i],
  ["s", /^(?:s|secs?|seconds?)$/i],
  ["m", /^(?:m|mins?|minutes?)$/i],
  ["h", /^(?:h|hrs?|hours?)$/i],
  ["d", /^(?:d|days?)$/i],
];

/** `: 5m` for `5 min`; undefined for what is no duration in anybody's units. */
function inOurUnits(text: string): string | undefined {
  const [, number, word = ""] = /^(\d+(?:\.\d+)?) *([a-z]+)$/i.exec(text) ?? [];
  const unit = OTHER_UNITS.find(([, words]) => words.test(word))?.[0];
  return unit === undefined ? undefined : `: ${number}${unit}`;
}

/** NaN when it is no duration or no whole number of milliseconds. */
function milliseconds(text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text);
  const value = Number(match?.[1]) * (UNIT_MS.get(match?.[2] ?? "") ?? Number.NaN);
  // 0.1s * 1000 is not exact in binary; what is left after rounding to a thousandth of a ms is noise, not intent.
  const rounded = Math.round(value);
  return Math.abs(value - rounded) < 1e-3 ? rounded : Number.NaN;
}

function ceilSeconds(ms: number): string {
  return `did you mean ${Math.ceil(ms / 1000)}s?`;
}
