import { type PlacedBackend, resolveBackends } from "./resolve-backends.ts";
import { resolveListen } from "./resolve-listen.ts";
import type { RawSettings, Settings } from "./settings.ts";

/** What is not in the settings' own texts. */
export interface Surroundings {
  /** Of BACKENDS and BACKENDS_FILE. */
  readonly placed: readonly PlacedBackend[];
  /** Of COOKIE_SECRET or COOKIE_SECRET_FILE. */
  readonly cookieSecrets: readonly Uint8Array[];
  readonly hostname: () => string;
}

/** Fills in what follows from several settings together. */
export function resolveSettings(raw: RawSettings, { placed, cookieSecrets, hostname }: Surroundings): Settings {
  const learnFrom = raw.learnFrom ?? [{ kind: "cookie", name: raw.cookieName }];
  return {
    ...raw,
    listen: resolveListen(raw.listen, raw),
    backends: resolveBackends(placed, raw.backendMaxConnections),
    instance: raw.instance ?? hostname(),
    newSession: raw.newSession ?? (bindsSessions(raw) ? "least_conn" : "hash"),
    cookieSecrets,
    learnFrom,
    learnLookup: raw.learnLookup ?? learnFrom,
    // A PROXY header names the client of a whole connection, so another client's requests must not come on it.
    upstreamReuse: raw.upstreamReuse ?? (raw.proxyProtocolOut === "off" ? "shared" : "client"),
    proxyProtocolTrusted: raw.proxyProtocolTrusted.length > 0 ? raw.proxyProtocolTrusted : raw.trustedProxies,
    healthProxyProtocol: raw.healthProxyProtocol ?? raw.proxyProtocolOut !== "off",
  };
}

/** Whether a request says by itself which backend it belongs to, so that the first choice may be any. */
function bindsSessions({ cookieMode }: RawSettings): boolean {
  return cookieMode !== "passive" && cookieMode !== "off";
}
