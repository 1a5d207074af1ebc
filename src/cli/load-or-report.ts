import { type LoadOptions, loadConfiguration } from "../config/load-configuration.ts";
import type { Settings } from "../config/settings.ts";
import { ConfigError } from "../model/failure.ts";
import type { Output } from "./output.ts";
import { printErrors } from "./print-problems.ts";

/** The settings; undefined when they cannot be used, which has been reported by then (the exit code is 78). */
export function loadOrReport(options: LoadOptions & { readonly stderr: Output }): Settings | undefined {
  try {
    return loadConfiguration(options).settings;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printErrors(error.problems, options.stderr, options.env);
    return undefined;
  }
}
