import { renderEnvExample } from "../config/render-env-example.ts";
import { renderSettingsPage } from "../config/render-settings-page.ts";
import { type Setting, variableName } from "../config/setting.ts";
import { settingSections } from "../config/settings.ts";
import { COLUMNS, type Output, wrap } from "./output.ts";

/** What `lengket help-env` is asked to print. */
export interface HelpEnvOptions {
  readonly stdout: Output;
  /** `text` for a terminal, `docs` = docs/settings.md, `example` = .env.example. */
  readonly format: "text" | "docs" | "example";
}

/** Prints all settings. Returns the exit code, always 0. */
export function helpEnv({ stdout, format }: HelpEnvOptions): number {
  if (format === "docs") stdout.write(renderSettingsPage());
  else if (format === "example") stdout.write(renderEnvExample());
  else stdout.write(formatText());
  return 0;
}

const INDENT = 6;

function formatText(): string {
  const lines = [
    "Settings are environment variables, lines of --env-file, or flags.",
    "LENGKET_IDLE_TIMEOUT=5m is --idle-timeout 5m.",
  ];
  for (const [section, entries] of settingSections()) {
    lines.push("", section, "", ...entries.flatMap(([, setting]) => entry(setting)));
  }
  return `${lines.join("\n")}\n`;
}

function entry({
  name,
  default: fallback,
  unset,
  meaning,
  allowed,
  example,
  live,
}: Setting<unknown>): readonly string[] {
  const shown = fallback === "" ? `(${unset})` : `= ${fallback}`;
  const details = [meaning, `allowed: ${allowed}${live ? "; live" : ""}`, `e.g. ${variableName(name)}=${example}`];
  return [
    `  ${variableName(name)}  ${shown}`,
    ...details.flatMap((text) => wrap(text, COLUMNS - INDENT).map((line) => " ".repeat(INDENT) + line)),
  ];
}
