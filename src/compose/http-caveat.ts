import { hasHttp, picksFreely } from "../config/checks/http-mode.ts";
import type { Settings } from "../config/settings.ts";

type Routing = Pick<Settings, "listen" | "cookieMode" | "cookieName" | "newSession" | "hashKey">;

/**
 * What an address alone cannot say about requests: commands that know nothing but an address print it beside their answer.
 * Undefined when the address decides, as it does for connections.
 */
export function httpCaveat(settings: Routing): string | undefined {
  if (!hasHttp(settings)) return undefined;
  const { cookieMode, cookieName, newSession, hashKey } = settings;
  if (picksFreely(settings)) {
    return `the address does not decide for requests: sessions keep their backend, new ones go by NEW_SESSION=${newSession}`;
  }
  const without = typeof hashKey === "string" ? [] : [`without ${hashKey.kind} ${hashKey.name}`];
  if (cookieMode === "passive") without.unshift(`without cookie ${cookieName}`);
  else if (cookieMode !== "off") without.unshift("of new sessions");
  return without.length === 0
    ? undefined
    : `true for requests ${without.join(", ")}; others do not go by their address`;
}
