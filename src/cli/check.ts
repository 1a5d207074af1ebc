import { hasHttp } from "../config/checks/http-mode.ts";
import type { Configuration } from "../config/configuration.ts";
import { type LoadOptions, loadConfiguration } from "../config/load-configuration.ts";
import type { Settings } from "../config/settings.ts";
import { ConfigError } from "../model/failure.ts";
import { type Clock, systemClock } from "../platform/clock.ts";
import type { Output } from "./output.ts";
import { EXIT_CONFIG, printErrors, printWarnings } from "./print-problems.ts";
import { tryAccessLog } from "./try-access-log.ts";
import { type Finding, lookUpNames, tryBackends } from "./try-backends.ts";

/** What `lengket check` is asked to do. */
export interface CheckOptions extends LoadOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Warnings are errors. */
  readonly strict?: boolean;
  /** Look up every host name. */
  readonly resolve?: boolean;
  /** Connect once to every backend. */
  readonly connect?: boolean;
  readonly clock?: Clock;
}

/**
 * Does what a start does up to listening, and reports every mistake.
 * @returns the exit code: 0, 78 when the configuration cannot be used, 1 when the access log cannot be written, or a name or
 *   a backend did not answer.
 */
export async function check(options: CheckOptions): Promise<number> {
  const { stdout, stderr, env, strict = false, clock = systemClock } = options;
  let configuration: Configuration;
  try {
    configuration = loadConfiguration(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printErrors(error.problems, stderr, env);
    return EXIT_CONFIG;
  }
  const { settings, warnings } = configuration;
  if (strict && warnings.length > 0) {
    printErrors(warnings, stderr, env);
    return EXIT_CONFIG;
  }
  printWarnings(warnings, stderr, env);
  stdout.write(summary(settings));
  const findings = [
    ...tryAccessLog(settings.accessLog),
    ...(options.resolve === true ? await lookUpNames(settings) : []),
    ...(options.connect === true ? await tryBackends(settings.backends, clock) : []),
  ];
  for (const line of align(findings)) stdout.write(line);
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function summary(settings: Settings): string {
  const { listen, backends, hashPolicy, ringVnodes, maglevTable, boundedLoad, health } = settings;
  const backups = backends.filter(({ backup }) => backup).length;
  const draining = backends.filter(({ weight }) => weight === 0).length;
  const details = [backups > 0 ? `${backups} backup` : "", draining > 0 ? `${draining} draining` : ""].filter(Boolean);
  const size = {
    ring: `, ${ringVnodes} virtual nodes per weight`,
    maglev: `, ${maglevTable} slots`,
    rendezvous: "",
    modulo: "",
  };
  return [
    "lengket: the configuration is valid",
    `  listen    ${listen.map(({ name, mode }) => `${name} (${mode})`).join(", ")}`,
    `  backends  ${backends.length}${details.length > 0 ? ` (${details.join(", ")})` : ""}`,
    `  policy    ${hashPolicy}${size[hashPolicy]}${boundedLoad > 0 ? `, bounded load ${boundedLoad}` : ""}`,
    `  health    ${health}`,
    ...(hasHttp(settings) ? [`  requests  ${affinityText(settings)}`] : []),
    "",
  ].join("\n");
}

/** How requests of http mode find their backend. */
function affinityText({ cookieMode, cookieName, learnFrom, newSession, hashKey }: Settings): string {
  const hashed = typeof hashKey === "string" ? hashKey : `${hashKey.kind} ${hashKey.name}`;
  const newcomers = newSession === "hash" ? `hash of ${hashed}` : newSession;
  switch (cookieMode) {
    case "off":
      return `by hash of ${hashed}`;
    case "learn":
      return `learn, ${learnFrom.map(({ kind, name }) => `${kind} ${name}`).join(", ")}; new sessions: ${newcomers}`;
    default:
      return `${cookieMode}, cookie ${cookieName}; new sessions: ${newcomers}`;
  }
}

function align(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(0, ...findings.map(({ what }) => what.length));
  return findings.map(({ ok, what, result }) => `  ${ok ? "ok    " : "FAILED"}  ${what.padEnd(width)}  ${result}\n`);
}
