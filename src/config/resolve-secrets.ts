import type { ConfigProblem } from "../model/failure.ts";
import { describeFileError } from "./file-error.ts";
import { type Origin, whereOf } from "./origin.ts";
import type { ProblemList } from "./problem-list.ts";
import type { RawSettings, SettingKey } from "./settings.ts";
import { readSecretFile } from "./types/secret.ts";

/** What has been read so far; problems and keys that cannot be used are added. */
export interface SecretsInput {
  readonly raw: RawSettings;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  readonly invalid: Set<SettingKey>;
  readonly problems: ProblemList;
}

/** Where secrets may lie. */
export interface SecretFiles {
  readonly readFile: (path: string) => string;
  readonly fileMode: (path: string) => number | undefined;
  /** Of the env file; empty when there is none. */
  readonly envFilePath: string;
}

/** S_IROTH of inode(7). */
const READABLE_BY_OTHERS = 0o004;

/**
 * The secrets of COOKIE_SECRET, or of COOKIE_SECRET_FILE. Both is an error, since one of them would be ignored. What is found in
 * a file that others may read is used, with a warning.
 */
export function resolveSecrets(input: SecretsInput, files: SecretFiles): readonly Uint8Array[] {
  const { raw, origins, problems } = input;
  const { source } = origins.cookieSecrets;
  if (source === "env-file") warnOfReaders(input, files, "cookieSecrets", files.envFilePath);
  if (source === "flag") {
    problems.add("warning", "cookieSecrets", {
      where: whereOf("COOKIE_SECRET", origins.cookieSecrets),
      problem: "every user of this machine sees a flag in the list of processes",
      hint: "use LENGKET_COOKIE_SECRET, or better LENGKET_COOKIE_SECRET_FILE",
    });
  }
  const path = raw.cookieSecretFile;
  if (path === undefined) return raw.cookieSecrets;
  const where = whereOf("COOKIE_SECRET_FILE", origins.cookieSecretFile);
  if (source !== "default") {
    return fail(input, { where, value: path, problem: "COOKIE_SECRET is set too", hint: "leave one of them out" });
  }
  let content: string;
  try {
    content = files.readFile(path);
  } catch (error) {
    return fail(input, { where, value: path, ...describeFileError(error) });
  }
  warnOfReaders(input, files, "cookieSecretFile", path);
  const reading = readSecretFile(content);
  if (!reading.ok) {
    return fail(input, ...reading.refusals.map(({ at = "", ...refusal }) => ({ where: path + at, ...refusal })));
  }
  if (reading.value.length > 0) return reading.value;
  const hint = "write one a line; make one: openssl rand -base64 32";
  return fail(input, { where, value: path, problem: "the file holds no secret", hint });
}

function fail({ invalid, problems }: SecretsInput, ...found: readonly ConfigProblem[]): readonly Uint8Array[] {
  invalid.add("cookieSecretFile");
  for (const problem of found) problems.error("cookieSecretFile", problem);
  return [];
}

function warnOfReaders(
  { origins, problems }: SecretsInput,
  { fileMode }: SecretFiles,
  about: "cookieSecrets" | "cookieSecretFile",
  path: string,
): void {
  const mode = fileMode(path) ?? 0;
  if ((mode & READABLE_BY_OTHERS) === 0) return;
  problems.add("warning", about, {
    where: whereOf(about === "cookieSecrets" ? "COOKIE_SECRET" : "COOKIE_SECRET_FILE", origins[about]),
    value: path,
    problem: "every user of this machine may read the secrets in this file",
    hint: `chmod o-r ${path}; of a Kubernetes Secret: defaultMode: 0440`,
  });
}
