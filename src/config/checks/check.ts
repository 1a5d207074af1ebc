import type { Origin } from "../origin.ts";
import type { Severity } from "../problem-list.ts";
import { type RawSettings, SETTINGS, type SettingKey, type Settings } from "../settings.ts";

/** What a check looks at. */
export interface CheckInput {
  /** What the texts say. */
  readonly raw: RawSettings;
  /** What follows from them. */
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  /** Settings that could not be read: their values are defaults and prove nothing. */
  readonly invalid: ReadonlySet<SettingKey>;
  readonly nodeVersion: string;
}

/** What a check found. */
export interface Finding {
  readonly problem: string;
  readonly hint: string;
  /** The text that is meant; the text of the setting when absent and set. */
  readonly value?: string;
}

/** A rule about several settings together. */
export interface Check {
  readonly severity: Severity;
  /** The setting under which it is reported. */
  readonly about: SettingKey;
  /** Further settings it depends on: the check is left out when one of them or `about` could not be read. */
  readonly uses: readonly SettingKey[];
  readonly find: (input: CheckInput) => Finding | readonly Finding[] | undefined;
}

/** A finding with everything that a report needs. */
export interface Complaint extends Finding {
  readonly severity: Severity;
  readonly about: SettingKey;
}

/** Whether the operator gave this setting another text than its default. */
export function chosen({ origins }: Pick<CheckInput, "origins">, key: SettingKey): boolean {
  return origins[key].source !== "default" && origins[key].text !== SETTINGS[key].default;
}

/** The finding when `condition` holds. */
export function when(condition: boolean, problem: string, hint: string, value?: string): Finding | undefined {
  if (!condition) return undefined;
  return value === undefined ? { problem, hint } : { problem, hint, value };
}

/** Runs checks; a check that depends on a setting that could not be read is left out. */
export function runChecks(checks: readonly Check[], input: CheckInput): readonly Complaint[] {
  return checks.flatMap(({ severity, about, uses, find }) => {
    if ([about, ...uses].some((key) => input.invalid.has(key))) return [];
    const found = find(input) ?? [];
    const text = input.origins[about].source === "default" ? undefined : input.origins[about].text;
    return [found].flat().map((finding) => ({
      severity,
      about,
      ...(text !== undefined && { value: text }),
      ...finding,
    }));
  });
}
