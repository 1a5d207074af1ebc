import { readFileSync, statSync } from "node:fs";
import { ConfigError } from "../model/failure.ts";
import type { Configuration } from "./configuration.ts";
import { describeFileError } from "./file-error.ts";
import { type ConfigurationSources, readConfiguration } from "./read-configuration.ts";

/** What a command line knows; the files are read here. */
export interface LoadOptions extends Omit<ConfigurationSources, "envFile" | "readFile"> {
  /** The value of --env-file. */
  readonly envFilePath?: string;
  /** For tests; the file system when absent. */
  readonly readFile?: (path: string) => string;
}

/**
 * Reads the configuration with its files; called at the start and for every reload.
 * @throws ConfigError with every problem. An unreadable env file is the only one reported then: what it would have
 *   said is unknown, so all else would be guesses.
 */
export function loadConfiguration({ envFilePath, readFile = readText, ...rest }: LoadOptions): Configuration {
  const files = { fileMode: permissionBits, readFile };
  if (envFilePath === undefined) return readConfiguration({ ...files, ...rest });
  let text: string;
  try {
    text = readFile(envFilePath);
  } catch (error) {
    throw new ConfigError([{ where: "--env-file", value: envFilePath, ...describeFileError(error) }]);
  }
  return readConfiguration({ ...files, ...rest, envFile: { path: envFilePath, text } });
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

/** Of what a link points to; undefined when it cannot be asked. */
function permissionBits(path: string): number | undefined {
  try {
    return statSync(path).mode;
  } catch {
    return undefined;
  }
}
