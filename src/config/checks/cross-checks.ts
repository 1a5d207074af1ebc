import { advice } from "./advice.ts";
import { type CheckInput, type Complaint, runChecks } from "./check.ts";
import { contradictions } from "./contradictions.ts";
import { ineffectiveSettings } from "./ineffective-settings.ts";

/** Everything that only several settings together show: contradictions, settings without effect, and advice. */
export function crossChecks(input: CheckInput): readonly Complaint[] {
  return [...runChecks(contradictions, input), ...runChecks(advice, input), ...ineffectiveSettings(input)];
}
