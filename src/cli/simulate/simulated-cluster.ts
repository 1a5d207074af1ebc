import { readFileSync } from "node:fs";
import { hasHttp, hasTcp } from "../../config/checks/http-mode.ts";
import { type EnvFile, parseEnvFile } from "../../config/env-file.ts";
import { findOrigins } from "../../config/find-origins.ts";
import { type LoadOptions, loadConfiguration } from "../../config/load-configuration.ts";
import type { Settings } from "../../config/settings.ts";
import type { Backend } from "../../model/backend.ts";
import type { ComparedBackend } from "../../skew/policies/compared-policy.ts";
import { defaultPolicyOptions, type PolicyOptions } from "../../skew/policies/policy-options.ts";

/** What is asked by `lengket simulate`: the backends and settings of a configuration, or some that are made up. */
export interface SimulatedCluster {
  readonly settings: Settings;
  readonly backends: readonly ComparedBackend[];
  /** The backends are those of the configuration. */
  readonly isConfigured: boolean;
  /** What of the configuration was left out, in sentences. */
  readonly notes: readonly string[];
}

const MADE_UP = 10;
/** For a configuration without backends, which would be refused. */
const PLACEHOLDER = "lengket-simulate=192.0.2.1:80";

/**
 * @param count - so many backends of equal weight instead of those of the configuration; undefined = those, or ten when there
 *   are none
 * @throws ConfigError with every problem of the configuration
 */
export function simulatedCluster(options: LoadOptions, count: number | undefined): SimulatedCluster {
  const isConfigured = hasBackends(options);
  const flags = isConfigured ? options.flags : { ...options.flags, BACKENDS: PLACEHOLDER };
  const { settings } = loadConfiguration({ ...options, flags });
  if (count !== undefined || !isConfigured) {
    return { settings, backends: madeUp(count ?? MADE_UP), isConfigured: false, notes: [] };
  }
  const { backends } = settings;
  const left = {
    backups: backends.filter(({ backup }) => backup),
    drained: backends.filter(({ backup, weight }) => !backup && weight === 0),
    limited: backends.filter(({ backup, weight, maxConnections }) => !backup && weight > 0 && maxConnections > 0),
  };
  const note = (which: readonly Backend[], text: string): readonly string[] =>
    which.length === 0 ? [] : [`${which.map(({ id }) => id).join(", ")}: ${text}`];
  return {
    settings,
    backends: backends.filter(({ backup, weight }) => !backup && weight > 0).map(toCompared),
    isConfigured,
    notes: [
      ...note(left.backups, "left out, because backups get nothing while others are up."),
      ...note(left.drained, "left out, because a weight of 0 gets nobody new."),
      ...note(left.limited, "compared without the limit on connections."),
    ],
  };
}

function hasBackends({ flags, env, envFilePath, readFile = readText }: LoadOptions): boolean {
  const envFile = envFilePath === undefined ? undefined : { path: envFilePath, file: parse(envFilePath, readFile) };
  const { backends, backendsFile } = findOrigins({ flags, env, envFile });
  return backends.text !== "" || backendsFile.text !== "";
}

/** Says nothing of a file that cannot be read: whoever loads the configuration reports it. */
function parse(path: string, readFile: (path: string) => string): EnvFile {
  try {
    return parseEnvFile(readFile(path));
  } catch {
    return parseEnvFile("");
  }
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

function madeUp(count: number): readonly ComparedBackend[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `app${i + 1}`,
    address: `10.0.${(i + 1) >> 8}.${(i + 1) & 255}:8080`,
    weight: 1,
  }));
}

function toCompared({ id, host, port, weight }: Backend): ComparedBackend {
  return { id, address: `${host.includes(":") ? `[${host}]` : host}:${port}`, weight };
}

/** What the policies depend on, as configured; for what is off, what the policies suggest. */
export function policyOptionsOf(settings: Settings): Omit<PolicyOptions, "hashSeed"> {
  const { ringVnodes, maglevTable, boundedLoad, overflowPinMs, natSplit, natSplitShare } = settings;
  const { boundedLoad: usualBound, overflowPinMs: usualPinMs, natSplit: usualSplit } = defaultPolicyOptions;
  return {
    table: { ringVnodes, maglevTable },
    boundedLoad: boundedLoad === 0 ? usualBound : boundedLoad,
    overflowPinMs: overflowPinMs === 0 ? usualPinMs : overflowPinMs,
    natSplit: natSplit === 0 ? usualSplit : { over: natSplit, share: natSplitShare },
  };
}

/** The compared policy that a configuration comes down to; undefined when none of them is quite what it asks for. */
export function configuredPolicy(settings: Settings): string | undefined {
  const { hashPolicy, boundedLoad, overflowPinMs, natSplit, natSplitKey, cookieMode, newSession } = settings;
  if (hasHttp(settings) && cookieMode !== "off" && cookieMode !== "passive") {
    return newSession === "least_conn" && !hasTcp(settings) ? "sticky-cookie" : undefined;
  }
  if (natSplit > 0)
    return hashPolicy === "ring" && boundedLoad === 0 && natSplitKey === "connection" ? "nat-split" : undefined;
  if (boundedLoad === 0) return hashPolicy;
  if (hashPolicy !== "ring") return undefined;
  return overflowPinMs > 0 ? "bounded-load-pinned" : "bounded-load";
}
