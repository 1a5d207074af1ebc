import type { Configuration } from "../../src/config/configuration.ts";
import { type ConfigurationSources, readConfiguration } from "../../src/config/read-configuration.ts";
import { ConfigError, type ConfigProblem } from "../../src/model/failure.ts";

/** Two backends, so that a test can say only what it is about. */
export const TWO_BACKENDS = "app1=10.0.0.11:3000,app2=10.0.0.12:3000";

/** Reads a configuration from settings named without the prefix; two backends unless others are given. */
export function configure(
  settings: Readonly<Record<string, string>>,
  sources: Partial<ConfigurationSources> = {},
): Configuration {
  const env = Object.fromEntries(
    Object.entries({ BACKENDS: TWO_BACKENDS, ...settings }).map(([k, v]) => [`LENGKET_${k}`, v]),
  );
  const nothingToRead = (path: string): string => {
    throw Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
  };
  return readConfiguration({
    flags: {},
    readFile: nothingToRead,
    hostname: () => "host-1",
    ...sources,
    env: { ...env, ...sources.env },
  });
}

/** The problems of a configuration that cannot be used. */
export function problemsOf(
  settings: Readonly<Record<string, string>>,
  sources: Partial<ConfigurationSources> = {},
): readonly ConfigProblem[] {
  try {
    configure(settings, sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error("the configuration was accepted");
}
