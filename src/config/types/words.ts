import { nearestName } from "../nearest-name.ts";
import { accept, type Reading, readList, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
  ["yes", true],
  ["no", false],
  ["on", true],
  ["off", false],
]);

/** `true false 1 0 yes no on off`, upper and lower case alike. */
export function boolean(): SettingType<boolean> {
  return settingType("boolean", "true or false (also 1/0, yes/no, on/off)", (text) => {
    const value = BOOLEANS.get(text.toLowerCase());
    return value === undefined ? refuseWord(text, [...BOOLEANS.keys()]) : accept(value);
  });
}

/** One word of a closed list. */
export function oneOf<const W extends string>(...words: readonly W[]): SettingType<W> {
  return settingType("word", words.join(", "), (text) => readWord(text, words));
}

/** A list of words, each at most once; `off` alone is the empty list. */
export function someOf<const W extends string>(...words: readonly W[]): SettingType<readonly W[]> {
  return settingType<readonly W[]>("list", `any of ${words.join(", ")}; or off`, (text) => {
    if (text === "off") return accept([]);
    const reading = readList(text, (element) => readWord(element, words));
    return reading.ok ? accept(words.filter((word) => reading.value.includes(word))) : reading;
  });
}

/** Reads one word of `words`. */
export function readWord<W extends string>(text: string, words: readonly W[]): Reading<W> {
  const word = words.find((candidate) => candidate === text);
  return word === undefined ? refuseWord(text, words) : accept(word);
}

/** Refuses a word with the allowed ones and, when one is near, a suggestion. */
export function refuseWord(text: string, words: readonly string[]): Reading<never> {
  const wanted = text.toLowerCase();
  const nearest = onOrOff(wanted, words) ?? nearestName(text, words) ?? relatedWord(wanted, words);
  const problem = words.length === 1 ? `only ${words[0]} is allowed` : `not one of ${words.join(", ")}`;
  return refuse(problem, nearest === undefined ? undefined : `did you mean "${nearest}"?`);
}

/** For `yes` where there is `on`: by letters alone, `no` would be nearest to it. */
function onOrOff(text: string, words: readonly string[]): string | undefined {
  const flag = BOOLEANS.get(text);
  return flag === undefined ? undefined : words.find((word) => word === (flag ? "on" : "off"));
}

/** Fewer letters than these begin too many words by chance. */
const LEAST_LETTERS = 3;

/** What was meant by `warning` (warn) or `round` (round_robin). */
function relatedWord(text: string, words: readonly string[]): string | undefined {
  if (text.length < LEAST_LETTERS) return undefined;
  return words.find((word) => word.length >= LEAST_LETTERS && (text.startsWith(word) || word.startsWith(text)));
}
