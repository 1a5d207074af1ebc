import { advice } from "./advice.ts";
import { type CheckInput, type Complaint, runChecks } from "./check.ts";
import { contradictions } from "./contradictions.ts";
import { cookieCombinations } from "./cookie-combinations.ts";
import { httpAdvice } from "./http-advice.ts";
import { httpContradictions } from "./http-contradictions.ts";
import { ineffectiveSettings } from "./ineffective-settings.ts";
import { secretChecks } from "./secret-checks.ts";

/** Everything that only several settings together show: contradictions, settings without effect, and advice. */
export function crossChecks(input: CheckInput): readonly Complaint[] {
  const checks = [
    ...contradictions,
    ...httpContradictions,
    ...cookieCombinations,
    ...secretChecks,
    ...advice,
    ...httpAdvice,
  ];
  return [...runChecks(checks, input), ...ineffectiveSettings(input)];
}
