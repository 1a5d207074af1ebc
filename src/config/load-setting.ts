import { readFileSync } from "node:fs";
import { ConfigError } from "../model/failure.ts";
import { parseEnvFile } from "./env-file.ts";
import { describeFileError } from "./file-error.ts";
import { findOrigins } from "./find-origins.ts";
import type { LoadOptions } from "./load-configuration.ts";
import { whereOf } from "./origin.ts";
import { type Setting, variableName } from "./setting.ts";
import { readSetting } from "./setting-type.ts";
import { type RawSettings, SETTINGS, type SettingKey } from "./settings.ts";

/**
 * Reads one setting from where all are read, whatever the others are: for commands that only talk to a running balancer.
 * @throws ConfigError when it, or the env file, cannot be read
 */
export function loadSetting<K extends SettingKey>(key: K, options: LoadOptions): RawSettings[K] {
  const { flags, env, envFilePath, readFile = (path) => readFileSync(path, "utf8") } = options;
  const origin = findOrigins({
    flags,
    env,
    envFile: envFilePath === undefined ? undefined : load(envFilePath, readFile),
  })[key];
  const { name, schema, example }: Setting<unknown> = SETTINGS[key];
  const reading = readSetting(schema, origin.text);
  // The schema of each row gives the row's type.
  if (reading.ok) return reading.value as RawSettings[K];
  throw new ConfigError(
    reading.refusals.map(({ at, problem, hint = `e.g. ${variableName(name)}=${example}`, value = origin.text }) => ({
      where: whereOf(name, origin, at),
      value,
      problem,
      hint,
    })),
  );
}

function load(path: string, readFile: (path: string) => string) {
  try {
    return { path, file: parseEnvFile(readFile(path)) };
  } catch (error) {
    throw new ConfigError([{ where: "--env-file", value: path, ...describeFileError(error) }]);
  }
}
