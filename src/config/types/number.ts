import { isPrime } from "../../hashing/is-prime.ts";
import { accept, type Reading, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

/** The range of a number. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** What 0 means when it is allowed although it lies below `min`. */
  readonly zero?: string;
}

/** Reads an integer in decimal digits; blanks, signs, fractions and exponents are refused. */
export function readInteger(text: string, { min, max, zero }: NumberRange): Reading<number> {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if ((value >= min && value <= max) || (zero !== undefined && value === 0)) return accept(value);
  return refuse(`not a whole number from ${describe({ min, max, zero })}`);
}

/** A whole number. */
export function integer(range: NumberRange): SettingType<number> {
  return settingType("integer", describe(range), (text) => readInteger(text, range));
}

/** A number with an optional fraction: `1.25`. */
export function decimal(range: NumberRange): SettingType<number> {
  const { min, max, zero } = range;
  return settingType("number", describe(range), (text) => {
    const value = /^\d{1,16}(\.\d{1,16})?$/.test(text) ? Number(text) : Number.NaN;
    if ((value >= min && value <= max) || (zero !== undefined && value === 0)) return accept(value);
    return refuse(`not a number from ${describe(range)}`);
  });
}

/** A size of a hash table: a prime number. */
export function prime(range: NumberRange): SettingType<number> {
  return settingType("integer", `a prime number from ${describe(range)}`, (text) => {
    const reading = readInteger(text, range);
    if (!reading.ok || isPrime(reading.value)) return reading;
    return refuse("not a prime number", `did you mean ${nextPrime(reading.value)}?`);
  });
}

/** `auto`, or a whole number. */
export function integerOrAuto(range: NumberRange): SettingType<number | "auto"> {
  return settingType<number | "auto">("integer", `auto, or ${describe(range)}`, (text) => {
    if (text === "auto") return accept("auto");
    const reading = readInteger(text, range);
    return reading.ok ? reading : refuse(`not auto and not a whole number from ${describe(range)}`);
  });
}

function describe({ min, max, zero }: { min: number; max: number; zero: string | undefined } | NumberRange): string {
  return zero === undefined ? `${min} to ${max}` : `${min} to ${max}, or 0 (${zero})`;
}

function nextPrime(value: number): number {
  let candidate = value;
  while (!isPrime(candidate)) candidate++;
  return candidate;
}
