import { isDeepStrictEqual } from "node:util";
import { hasHttp } from "./checks/http-mode.ts";
import { variableName } from "./setting.ts";
import { type Settings, settingEntries } from "./settings.ts";

/** Names of settings whose values differ, in the order of the table. */
export interface ChangedSettings {
  /** A reload applies these. */
  readonly live: readonly string[];
  /** These keep their old value until a restart. */
  readonly restart: readonly string[];
}

/**
 * What a reload would change. LISTEN also differs when MODE or PROXY_PROTOCOL_IN changes a listener, and BACKENDS when
 * the content of BACKENDS_FILE or BACKEND_MAX_CONNECTIONS changes a backend.
 */
export function changedSettings(before: Settings, after: Settings): ChangedSettings {
  const live: string[] = [];
  const restart: string[] = [];
  for (const [key, setting] of settingEntries()) {
    if (isDeepStrictEqual(before[key], after[key])) continue;
    (setting.live ? live : restart).push(variableName(setting.name));
  }
  return { live, restart };
}

/** Whether no cookie counts any more that was signed before: there were secrets, and none of them stayed. */
export function endsAllCookies(before: Settings, after: Settings): boolean {
  const { cookieMode, cookieValue, cookieSecrets: old } = before;
  if (!hasHttp(before) || cookieMode !== "insert" || cookieValue !== "opaque" || old.length === 0) return false;
  return !after.cookieSecrets.some((secret) => old.some((one) => isDeepStrictEqual(one, secret)));
}

/** The settings that a reload leaves in force: the live ones of `after`, the others as they were. */
export function withLiveSettings(before: Settings, after: Settings): Settings {
  const live = settingEntries().flatMap(([key, setting]) => (setting.live ? [[key, after[key]]] : []));
  return { ...before, ...Object.fromEntries(live) };
}
