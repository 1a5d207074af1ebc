import type { ConfigProblem } from "../model/failure.ts";
import type { EnvFile } from "./env-file.ts";
import { likelyName } from "./nearest-name.ts";
import type { Origin } from "./origin.ts";
import { flagName, variableName } from "./setting.ts";
import { type SettingKey, settingEntries } from "./settings.ts";
import { isServiceLink, judgeStranger } from "./unknown-names.ts";

/** Texts by the full name of the variable, as in process.env. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the sources hold. */
export interface Texts {
  /** By setting name without the prefix: `IDLE_TIMEOUT`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Environment;
  readonly envFile: { readonly path: string; readonly file: EnvFile } | undefined;
}

/** Names that mean nothing to us. */
export interface Strangers {
  /** Errors when STRICT, else warnings. */
  readonly unknown: readonly ConfigProblem[];
  /** Warnings in any case. */
  readonly suspicious: readonly ConfigProblem[];
}

/** Finds the text of every setting: flag, then environment, then env file, then PORT (for LISTEN), then default. */
export function findOrigins({ flags, env, envFile }: Texts): Record<SettingKey, Origin> {
  const inFile = new Map(envFile?.file.entries.map((entry) => [entry.name, entry]));
  const origins: Partial<Record<SettingKey, Origin>> = {};
  for (const [key, { name, default: fallback }] of settingEntries()) {
    const variable = variableName(name);
    const entry = inFile.get(variable);
    const place = entry === undefined ? undefined : `${envFile?.path ?? ""}:${entry.line}`;
    origins[key] = given("flag", own(flags, name)) ??
      given("environment", withoutServiceLink(variable, own(env, variable))) ??
      given("env-file", entry?.value, place) ??
      (key === "listen" ? platformPort(env) : undefined) ?? { source: "default", text: fallback };
  }
  return origins as Record<SettingKey, Origin>;
}

/** Looks for names with our prefix, or nearly so, that are no setting. */
export function findStrangers({ flags, env, envFile }: Texts): Strangers {
  const known = settingEntries().map(([, { name }]) => name);
  const variables = new Set(known.map(variableName));
  const unknown: ConfigProblem[] = [];
  const suspicious: ConfigProblem[] = [];
  for (const name of Object.keys(flags).filter((flag) => !known.includes(flag))) {
    unknown.push({
      where: flagName(name),
      problem: "unknown option",
      hint: didYouMean(likelyName(name, known), flagName),
    });
  }
  const inEnv = Object.entries(env).map(([name, value = ""]) => ({ name, value, place: "in the environment" }));
  const inFile = (envFile?.file.entries ?? []).map(({ name, value, line }) => ({
    name,
    value,
    place: `at ${envFile?.path}:${line}`,
  }));
  for (const { name, value, place } of [...inEnv, ...inFile]) {
    if (variables.has(name)) {
      if (isServiceLink(name, value.trim())) suspicious.push(serviceLinkWarning(name, value));
      continue;
    }
    const stranger = judgeStranger(name, value, known);
    if (stranger.kind === "unknown") {
      unknown.push({
        where: name,
        problem: `unknown variable ${place}`,
        hint: didYouMean(stranger.nearest, variableName),
      });
    } else if (stranger.kind === "near-prefix") {
      const hint = didYouMean(stranger.nearest, variableName);
      suspicious.push({ where: name, problem: `not read: the prefix is not ours, ${place}`, hint });
    } else if (name === "LENGKET_PORT" && /^\d+$/.test(value.trim())) {
      const hint = `write LENGKET_LISTEN=:${value.trim()}`;
      suspicious.push({
        where: name,
        value,
        problem: "not read: Kubernetes sets this name for a Service called lengket",
        hint,
      });
    }
  }
  return { unknown, suspicious };
}

function serviceLinkWarning(where: string, value: string): ConfigProblem {
  return {
    where,
    value,
    problem: "not read: set by Kubernetes for a Service of that name",
    hint: "set enableServiceLinks: false in the pod, or rename the Service",
  };
}

function didYouMean(nearest: string | undefined, show: (name: string) => string): string {
  return nearest === undefined ? "lengket help-env lists all settings" : `did you mean ${show(nearest)}?`;
}

function given(source: Origin["source"], value: string | undefined, place?: string): Origin | undefined {
  const text = value?.trim() ?? "";
  if (text === "") return undefined;
  return place === undefined ? { source, text } : { source, text, place };
}

/** A Service named lengket-health sets LENGKET_HEALTH_PORT, which is also a setting. */
function withoutServiceLink(name: string, value: string | undefined): string | undefined {
  return value !== undefined && isServiceLink(name, value.trim()) ? undefined : value;
}

/** Heroku, Cloud Run and others say with PORT where they expect a server. */
function platformPort(env: Environment): Origin | undefined {
  const port = own(env, "PORT")?.trim() ?? "";
  return port === "" ? undefined : { source: "platform PORT", text: `:${port}` };
}

/** Names come from outside: `constructor` must not find Object's. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
