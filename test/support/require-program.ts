import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian keeps daemons; not in the PATH of an ordinary user. */
const DAEMON_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"] as const;

/** The path of the executable `name` in `searchPath` (colon separated) or in the folders of daemons; undefined when it is missing. */
export function findProgram(name: string, searchPath: string = process.env["PATH"] ?? ""): string | undefined {
  for (const folder of [...searchPath.split(delimiter), ...DAEMON_FOLDERS]) {
    if (folder === "") continue;
    const candidate = join(folder, name);
    if (isExecutableFile(candidate)) return candidate;
  }
  return undefined;
}

/** Whether the run must fail, not skip, when a program is missing. */
export function isContinuousIntegration(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment["CI"] === "true" || environment["CI"] === "1";
}

/**
 * The path of a program that a test needs. When it is missing the test is skipped with a printed line; under CI=true it
 * fails, so that a pipeline can never become green by forgetting to install something.
 */
export function requireProgram(
  context: Mocha.Context,
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const path = findProgram(name);
  if (path !== undefined) return path;
  if (isContinuousIntegration(environment))
    throw new Error(`${name} is not installed, and CI=true allows no skipped test`);
  process.stdout.write(`    skipped: ${name} is not installed\n`);
  return context.skip();
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
