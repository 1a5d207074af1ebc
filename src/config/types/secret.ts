import { inspect } from "node:util";
import { accept, lacksElements, NO_ELEMENT, type Reading, type Refusal, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

/** Shorter secrets can be tried out; longer ones than this give HMAC-SHA-256 nothing more. */
const LEAST_BYTES = 32;

const HINT = "make one: openssl rand -base64 32";

/** What is shown in place of a secret. */
const HIDDEN = "(secret)";

/** Bytes that show themselves neither as JSON nor in the output of `console.log`. */
class Secret extends Uint8Array {
  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** What is shown in place of a list of secrets: `(2 secrets)`. */
export function describeSecrets(secrets: readonly Uint8Array[]): string {
  return secrets.length === 0 ? "" : `(${secrets.length} secret${secrets.length === 1 ? "" : "s"})`;
}

/** A list of secrets, the bytes of each text as UTF-8. */
export function secretList(): SettingType<readonly Uint8Array[]> {
  return settingType("secret list", `texts of at least ${LEAST_BYTES} bytes without blanks and commas`, readSecrets);
}

/** Reads secrets, separated by commas, blanks or new lines. No refusal holds any part of them. */
export function readSecrets(text: string): Reading<readonly Uint8Array[]> {
  if (lacksElements(text)) return NO_ELEMENT;
  return readElements(splitSecrets(text).map((element, index) => ({ text: element, at: `[${index}]` })));
}

/** Reads the content of COOKIE_SECRET_FILE: one secret a line, or several. There are no comments: a secret may begin with `#`. */
export function readSecretFile(content: string): Reading<readonly Uint8Array[]> {
  const lines = content.replace(/^\uFEFF/, "").split("\n");
  return readElements(
    lines.flatMap((line, index) => splitSecrets(line).map((element) => ({ text: element, at: `:${index + 1}` }))),
  );
}

/** Not as other lists, where blanks around `=` belong to an element: base64 ends with it. */
function splitSecrets(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((element) => element !== "");
}

function readElements(
  elements: readonly { readonly text: string; readonly at: string }[],
): Reading<readonly Uint8Array[]> {
  const secrets: Uint8Array[] = [];
  const refusals: Refusal[] = [];
  for (const { text, at } of elements) {
    const reading = readSecret(text);
    if (reading.ok) secrets.push(reading.value);
    else refusals.push(...reading.refusals.map((refusal) => ({ ...refusal, at })));
  }
  return refusals.length === 0 ? accept(secrets) : { ok: false, refusals };
}

function readSecret(text: string): Reading<Uint8Array> {
  // What was no UTF-8 has become U+FFFD: two different secrets could be the same then.
  if (/[\p{Cc}\uFFFD]/u.test(text)) return refuse("a secret is text, without control characters", HINT);
  const bytes = Buffer.byteLength(text);
  if (/^(["']).*\1$/.test(text)) return refuse("the quotes are part of this secret", "write it without them");
  if (bytes < LEAST_BYTES) return refuse(`shorter than ${LEAST_BYTES} bytes: it has ${bytes}`, HINT);
  return accept(Secret.from(Buffer.from(text)));
}
