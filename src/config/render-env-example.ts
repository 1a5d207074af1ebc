import { quoteEnvValue } from "./env-file.ts";
import { type Setting, variableName } from "./setting.ts";
import { settingSections } from "./settings.ts";

const TWO_BACKENDS = "app1=127.0.0.1:3001,app2=127.0.0.1:3002";

/** The content of .env.example: every setting with its default, commented out, and two backends to start with. */
export function renderEnvExample(): string {
  const lines = [
    "# Settings of Lengket. Copy this file to .env, change it, and start with: lengket run --env-file .env",
    "# Lines are NAME=value; every line that is commented out shows the default.",
    "# Made by: lengket help-env --example",
  ];
  for (const [section, entries] of settingSections()) {
    lines.push("", `## ${section}`);
    for (const [key, setting] of entries) {
      lines.push("", `# ${setting.meaning}`, `# allowed: ${setting.allowed}`);
      lines.push(key === "backends" ? assignment(setting, TWO_BACKENDS) : commentedOut(setting));
    }
  }
  return `${lines.join("\n")}\n`;
}

function commentedOut(setting: Setting<unknown>): string {
  if (setting.default !== "") return `#${assignment(setting, setting.default)}`;
  return `# unset: ${setting.unset}\n#${assignment(setting, setting.example)}`;
}

function assignment({ name }: Setting<unknown>, value: string): string {
  return `${variableName(name)}=${quoteEnvValue(value)}`;
}
