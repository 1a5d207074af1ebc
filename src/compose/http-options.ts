import type { Settings } from "../config/settings.ts";
import {
  DEFAULT_BODY_LIMITS,
  DEFAULT_REQUEST_HEAD_LIMITS,
  DEFAULT_RESPONSE_HEAD_LIMITS,
  type HeadLimits,
} from "../http/message-limits.ts";
import type { AffinityOptions, FieldSource, HttpOptions } from "../path/http/options.ts";

/** How requests of http mode are read, placed and sent on. What can change live (secrets, trusted hops) is not among it. */
export function httpOptions(settings: Settings): HttpOptions {
  return {
    requestHead: requestHead(settings),
    responseHead: responseHead(settings),
    body: DEFAULT_BODY_LIMITS,
    headTimeoutMs: settings.httpHeadTimeoutMs,
    keepAliveTimeoutMs: settings.httpKeepAliveTimeoutMs,
    responseTimeoutMs: settings.httpResponseTimeoutMs,
    upgradeIdleTimeoutMs: settings.upgradeIdleTimeoutMs,
    upstream: {
      reuse: settings.upstreamReuse,
      idlePerBackend: settings.upstreamIdle,
      idleTimeoutMs: settings.upstreamIdleTimeoutMs,
      maxRequests: settings.upstreamMaxRequests,
    },
    affinity: affinityOptions(settings),
    forwardedHeader: settings.forwardedHeader,
    forwardedOut: settings.forwardedOut,
    realIpHeader: settings.realIpHeader,
  };
}

function requestHead({ httpMaxHeadBytes, httpMaxHeaders }: Settings): HeadLimits {
  return {
    maxStartLineBytes: Math.min(DEFAULT_REQUEST_HEAD_LIMITS.maxStartLineBytes, httpMaxHeadBytes),
    maxHeadBytes: httpMaxHeadBytes,
    maxFields: httpMaxHeaders,
  };
}

/** Operators who raise the limits have applications with large heads, in both directions; nobody means to cut answers. */
function responseHead({ httpMaxHeadBytes, httpMaxHeaders }: Settings): HeadLimits {
  const { maxStartLineBytes, maxHeadBytes, maxFields } = DEFAULT_RESPONSE_HEAD_LIMITS;
  return {
    maxStartLineBytes,
    maxHeadBytes: Math.max(maxHeadBytes, httpMaxHeadBytes),
    maxFields: Math.max(maxFields, httpMaxHeaders),
  };
}

function affinityOptions(settings: Settings): AffinityOptions {
  return {
    mode: settings.cookieMode,
    cookie: {
      name: settings.cookieName,
      path: settings.cookiePath,
      domain: settings.cookieDomain,
      secure: settings.cookieSecure,
      httpOnly: settings.cookieHttpOnly,
      sameSite: settings.cookieSameSite,
      partitioned: settings.cookiePartitioned,
      maxAgeS: settings.cookieMaxAgeMs / 1000,
    },
    value: settings.cookieValue,
    idleMs: settings.cookieIdleMs,
    lifeMs: settings.cookieLifeMs,
    hide: settings.cookieHide,
    noCache: settings.cookieNoCache,
    preserve: settings.cookiePreserve,
    invalid: settings.cookieInvalid,
    drainCookies: settings.drainCookies,
    newSession: settings.newSession,
    newSessionHintMs: settings.newSessionHintMs,
    learnFrom: settings.learnFrom,
    learnLookup: settings.learnLookup,
    learnTtlMs: settings.learnTtlMs,
    learnMax: settings.learnMax,
    routeSeparator: settings.routeSeparator,
    hashKey: hashKeySource(settings),
  };
}

/** The client's address is what is hashed unless a part of the request is named. */
function hashKeySource({ hashKey }: Settings): FieldSource | undefined {
  return typeof hashKey === "string" ? undefined : hashKey;
}
