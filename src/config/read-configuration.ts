import { hostname as systemHostname } from "node:os";
import { ConfigError, type ConfigProblem } from "../model/failure.ts";
import { crossChecks } from "./checks/cross-checks.ts";
import type { Configuration } from "./configuration.ts";
import { parseEnvFile } from "./env-file.ts";
import { describeFileError } from "./file-error.ts";
import { type Environment, findOrigins, findStrangers } from "./find-origins.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { type Origin, whereOf } from "./origin.ts";
import { ProblemList } from "./problem-list.ts";
import type { Refusal } from "./reading.ts";
import { findRepeatedNames } from "./repeated-names.ts";
import { duplicateBackends, type PlacedBackend } from "./resolve-backends.ts";
import { resolveSecrets } from "./resolve-secrets.ts";
import { resolveSettings } from "./resolve-settings.ts";
import { type Setting, variableName } from "./setting.ts";
import { readSetting, readText } from "./setting-type.ts";
import { type RawSettings, SETTINGS, type SettingKey, settingEntries } from "./settings.ts";
import { readBackendFile } from "./types/backend-list.ts";

/** Everything a configuration is read from. */
export interface ConfigurationSources {
  /** By setting name without the prefix: `{ IDLE_TIMEOUT: "5m" }`. */
  readonly flags: Readonly<Record<string, string>>;
  /** As process.env; variables of others are ignored. */
  readonly env: Environment;
  readonly envFile?: { readonly path: string; readonly text: string };
  /** Returns the text of a file or throws; used for BACKENDS_FILE and COOKIE_SECRET_FILE. */
  readonly readFile: (path: string) => string;
  /** The permission bits of a file, undefined when they are not known; files are not judged by them when absent. */
  readonly fileMode?: (path: string) => number | undefined;
  /** `22.12.0`; the running one when absent. */
  readonly nodeVersion?: string;
  /** Default of INSTANCE; the system's when absent. */
  readonly hostname?: () => string;
}

/**
 * Reads and checks the whole configuration. Pure apart from `readFile`, `fileMode` and `hostname`.
 * @throws ConfigError with every problem, in the order of the settings table.
 */
export function readConfiguration(sources: ConfigurationSources): Configuration {
  const { flags, env, readFile, nodeVersion = process.versions.node, hostname = systemHostname } = sources;
  const path = sources.envFile?.path ?? "";
  const envFile = sources.envFile && { path, file: parseEnvFile(sources.envFile.text) };
  const texts = { flags, env, envFile };
  const given = findOrigins(texts);
  const problems = new ProblemList();
  for (const { line, problem } of envFile?.file.problems ?? []) {
    problems.error(undefined, { where: `${path}:${line}`, problem, hint: "write NAME=value, or # before a comment" });
  }

  for (const problem of findRepeatedNames(envFile?.file.entries ?? [], path))
    problems.add("warning", undefined, problem);

  const { raw, invalid } = readAll(given, problems);
  // From here on no text of a secret is in reach of a report.
  const origins = hideSecrets(given, raw);
  const placed = placeBackends(raw, origins, readFile, problems, invalid);
  for (const problem of duplicateBackends(placed)) problems.error("backends", problem);
  const files = { readFile, fileMode: sources.fileMode ?? (() => undefined), envFilePath: path };
  const cookieSecrets = resolveSecrets({ raw, origins, invalid, problems }, files);
  const settings = resolveSettings(raw, { placed, cookieSecrets, hostname });
  for (const { severity, about, ...problem } of crossChecks({ raw, settings, origins, invalid, nodeVersion })) {
    problems.add(severity, about, { where: whereOf(SETTINGS[about].name, origins[about]), ...problem });
  }

  const strangers = findStrangers(texts);
  for (const problem of strangers.unknown) problems.add(settings.strict ? "error" : "warning", undefined, problem);
  for (const problem of strangers.suspicious) problems.add("warning", undefined, problem);

  if (problems.errors.length > 0) throw new ConfigError(problems.errors);
  return { settings, origins, warnings: problems.warnings };
}

/** Reads every text by itself; a setting that cannot be read gets its default so that the others can still be checked. */
function readAll(
  origins: Readonly<Record<SettingKey, Origin>>,
  problems: ProblemList,
): { readonly raw: RawSettings; readonly invalid: Set<SettingKey> } {
  const values: Partial<Record<SettingKey, unknown>> = {};
  const invalid = new Set<SettingKey>();
  for (const [key, setting] of settingEntries()) {
    const origin = origins[key];
    const reading = readSetting(setting.schema, origin.text);
    if (reading.ok) {
      values[key] = reading.value;
      continue;
    }
    invalid.add(key);
    for (const refusal of reading.refusals) problems.error(key, toProblem(key, origin, refusal));
    const fallback = readText(setting.schema, setting.default);
    values[key] = fallback.ok ? fallback.value : undefined;
  }
  // Every key of the table was visited, and the schema of each row gives the row's type.
  return { raw: values as RawSettings, invalid };
}

function toProblem(
  key: SettingKey,
  origin: Origin,
  { at, problem, hint, value = origin.text }: Refusal,
): ConfigProblem {
  const { name, example, secret = false }: Setting<unknown> = SETTINGS[key];
  const where = whereOf(name, origin, at);
  if (origin.source === "platform PORT") {
    // As the platform wrote it, not as the listener that was made of it.
    const stronger = "a platform's PORT is a number; LENGKET_LISTEN is stronger, e.g. LENGKET_LISTEN=:8080";
    return { where, value: origin.text.slice(1), problem, hint: stronger };
  }
  return { where, ...(!secret && { value }), problem, hint: hint ?? `e.g. ${variableName(name)}=${example}` };
}

function placeBackends(
  raw: RawSettings,
  origins: Readonly<Record<SettingKey, Origin>>,
  readFile: (path: string) => string,
  problems: ProblemList,
  invalid: Set<SettingKey>,
): readonly PlacedBackend[] {
  const placed: PlacedBackend[] = raw.backends.map(({ draft, at, text }) => ({
    draft,
    text,
    where: whereOf("BACKENDS", origins.backends, at),
  }));
  const path = raw.backendsFile;
  if (path === undefined) return placed;
  const fail = (problem: ConfigProblem): void => {
    invalid.add("backendsFile");
    problems.error("backendsFile", problem);
  };
  const where = whereOf("BACKENDS_FILE", origins.backendsFile);
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    fail({ where, value: path, ...describeFileError(error) });
    return placed;
  }
  const reading = readBackendFile(content);
  if (!reading.ok) {
    for (const { at = "", problem, ...rest } of reading.refusals) fail({ where: path + at, problem, ...rest });
    return placed;
  }
  if (reading.value.length === 0) {
    fail({ where, value: path, problem: "the file names no backend", hint: "write one host:port a line" });
  }
  return [...placed, ...reading.value.map(({ draft, at, text }) => ({ draft, text, where: path + at }))];
}
