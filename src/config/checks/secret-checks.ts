import { SETTINGS } from "../settings.ts";
import { type Check, when } from "./check.ts";
import { hasHttp } from "./http-mode.ts";

/** A secret of 32 random hexadecimal digits has about 14 different ones, and fewer than 8 practically never. */
const FEW_CHARACTERS = 8;

const HINT = "make one: openssl rand -base64 32";

/** What is wrong with the secrets, said of the setting that they came from. */
function ofSecrets(
  severity: Check["severity"],
  isBad: (secret: Uint8Array) => boolean,
  problem: string,
): readonly Check[] {
  return (["cookieSecrets", "cookieSecretFile"] as const).map((about) => ({
    severity,
    about,
    uses: [],
    find: ({ raw, settings }) => {
      const source = raw.cookieSecretFile === undefined ? "cookieSecrets" : "cookieSecretFile";
      return when(about === source && settings.cookieSecrets.some(isBad), problem, HINT);
    },
  }));
}

/** Secrets that can be guessed, or are missing where tokens should be safe. */
export const secretChecks: readonly Check[] = [
  ...ofSecrets(
    "error",
    (secret) => Buffer.from(secret).toString() === SETTINGS.cookieSecrets.example,
    "this is the example of the documentation, which everybody knows",
  ),
  ...ofSecrets(
    "warning",
    (secret) => new Set(secret).size < FEW_CHARACTERS,
    `a secret with fewer than ${FEW_CHARACTERS} different characters can be guessed`,
  ),
  {
    severity: "warning",
    about: "cookieSecrets",
    uses: ["listen", "mode", "cookieMode", "cookieValue", "cookieSecretFile", "cookieIdleMs", "cookieLifeMs"],
    find: ({ settings }) => {
      const { cookieMode, cookieValue, cookieSecrets, cookieIdleMs, cookieLifeMs } = settings;
      const power = cookieIdleMs + cookieLifeMs > 0 ? "choose it, and renew dates" : "choose it";
      return when(
        hasHttp(settings) && cookieMode === "insert" && cookieValue === "opaque" && cookieSecrets.length === 0,
        `not set: whoever guesses the id of a backend can ${power}`,
        "make one for all replicas: openssl rand -base64 32",
      );
    },
  },
];
