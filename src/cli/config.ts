import type { Configuration } from "../config/configuration.ts";
import { quoteEnvValue } from "../config/env-file.ts";
import { type LoadOptions, loadConfiguration } from "../config/load-configuration.ts";
import { variableName } from "../config/setting.ts";
import { settingEntries, settingSections } from "../config/settings.ts";
import type { Cidr } from "../model/cidr.ts";
import { ConfigError } from "../model/failure.ts";
import { type Output, wrapValue } from "./output.ts";
import { EXIT_CONFIG, printErrors, printWarnings } from "./print-problems.ts";

/** What `lengket config` is asked to print. */
export interface PrintConfigOptions extends LoadOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly format: "table" | "json" | "env";
}

/**
 * Prints every setting with its value and where it came from.
 * @returns the exit code: 0, or 78 when the configuration cannot be used.
 */
export async function printConfig(options: PrintConfigOptions): Promise<number> {
  const { stdout, stderr, env, format } = options;
  try {
    const configuration = loadConfiguration(options);
    printWarnings(configuration.warnings, stderr, env);
    if (format === "json") stdout.write(formatJson(configuration));
    else if (format === "env") stdout.write(formatEnv(configuration));
    else stdout.write(await formatTable(configuration));
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printErrors(error.problems, stderr, env);
    return EXIT_CONFIG;
  }
}

/** An env file that makes the same configuration, but for secrets: what was set as lines, the defaults as comments. */
export function formatEnv({ origins }: Configuration): string {
  const lines = settingEntries().map(([key, { name, secret = false }]) => {
    const { source, text } = origins[key];
    if (secret && source !== "default") return `# ${variableName(name)} is not shown ${text}`;
    const line = `${variableName(name)}=${quoteEnvValue(text)}`;
    return source === "default" ? `#${line}` : line;
  });
  return `${lines.join("\n")}\n`;
}

/** By variable name: the text, the value that it means, and the source. */
export function formatJson({ settings, origins }: Configuration): string {
  const entries = settingEntries().map(([key, { name }]) => {
    const { source, text, place } = origins[key];
    // JSON has no undefined; a setting without a value stays visible as null.
    return [variableName(name), { text, value: settings[key] ?? null, source, ...(place !== undefined && { place }) }];
  });
  return `${JSON.stringify(Object.fromEntries(entries), cidrAsText, 2)}\n`;
}

/** Raw bytes say nothing to a reader; the operator's text does. */
function cidrAsText(_key: string, value: unknown): unknown {
  return isCidr(value) ? value.text : value;
}

function isCidr(value: unknown): value is Cidr {
  return (
    typeof value === "object" &&
    value !== null &&
    "bytes" in value &&
    value.bytes instanceof Uint8Array &&
    "text" in value
  );
}

const NO_LINES = Object.fromEntries(
  ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
    ["", "-mid", "-left", "-right"].map((end) => [side + end, ""]),
  ),
);

const VALUE_WIDTH = 26;

/** For people, 80 columns wide: one table a section. */
async function formatTable({ origins }: Configuration): Promise<string> {
  // Loaded here because only this command needs it, and it is no small part of the time to start.
  const { default: Table } = await import("cli-table3");
  const parts = [...settingSections()].map(([section, entries]) => {
    const table = new Table({
      chars: { ...NO_LINES, middle: " " },
      style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 1 },
      colWidths: [37, VALUE_WIDTH + 1, 15],
      wordWrap: true,
      wrapOnWordBoundary: false,
    });
    for (const [key, { name, unset = "none" }] of entries) {
      const { text, source, place } = origins[key];
      const shown = wrapValue(text === "" ? `(${unset})` : text, VALUE_WIDTH).join("\n");
      table.push([`  ${variableName(name)}`, shown, place ?? source]);
    }
    return `${section}\n${table.toString()}\n`;
  });
  return parts.join("\n").replace(/ +$/gm, "");
}
