import { accept, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";
import { refuseWord } from "./words.ts";

/** What a free text may look like. */
export interface TextRules {
  readonly label?: string;
  /** Said to the operator after "not": `a path that starts with /`. */
  readonly allowed: string;
  readonly pattern: RegExp;
}

/** A free text within a pattern. */
export function text({ label = "text", allowed, pattern }: TextRules): SettingType<string> {
  return settingType(label, allowed, (value) => (pattern.test(value) ? accept(value) : refuse(`not ${allowed}`)));
}

/** The path of a file. */
export function path(): SettingType<string> {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path with control characters is a mistake
  return text({ label: "path", allowed: "the path of a file", pattern: /^[^\u0000-\u001f]{1,4096}$/ });
}

/** One of a few words, or a path; a path must hold a slash so that a misspelt word is not taken for one. */
export function wordOrPath(...words: readonly string[]): SettingType<string> {
  return settingType("word or path", `${words.join(", ")}, or a path with a slash`, (value) => {
    if (words.includes(value) || value.includes("/")) return accept(value);
    return refuseWord(value, [...words, "a path with a slash (./access.log)"]);
  });
}
