import { variableName } from "../setting.ts";
import { SETTINGS, type Settings } from "../settings.ts";
import { type CheckInput, type Complaint, chosen } from "./check.ts";
import { hasHttp } from "./http-mode.ts";
import type { IdleRule } from "./idle-rule.ts";
import { ineffectiveHttpSettings } from "./ineffective-http-settings.ts";

const readsNoProxyHeader = ({ listen }: Settings): boolean =>
  listen.every(({ proxyProtocolIn }) => proxyProtocolIn === "off");

/** Nothing that is set is ignored in silence. */
const RULES: readonly IdleRule[] = [
  {
    keys: ["reusePort", "listenBacklog"],
    idle: ({ listen }) => listen.every(({ place }) => place.kind === "fd" || place.kind === "systemd"),
    because: ["listen"],
    hint: "whoever opened the socket decides",
  },
  {
    keys: ["ringVnodes"],
    idle: ({ hashPolicy }) => hashPolicy !== "ring",
    because: ["hashPolicy"],
    hint: "set LENGKET_HASH_POLICY=ring",
  },
  {
    keys: ["maglevTable"],
    idle: ({ hashPolicy }) => hashPolicy !== "maglev",
    because: ["hashPolicy"],
    hint: "set LENGKET_HASH_POLICY=maglev",
  },
  {
    keys: ["overflowPinMs"],
    // A backend that is full makes clients overflow too.
    idle: ({ boundedLoad, failBack, backends }) =>
      boundedLoad === 0 && failBack !== "new" && backends.every(({ maxConnections }) => maxConnections === 0),
    because: ["boundedLoad", "failBack"],
    hint: "set LENGKET_BOUNDED_LOAD=1.25, or LENGKET_FAIL_BACK=new",
  },
  {
    keys: ["natSplitShare", "natSplitKey", "natPortBlock"],
    idle: ({ natSplit }) => natSplit === 0,
    because: ["natSplit"],
    hint: "set LENGKET_NAT_SPLIT=2 or more",
  },
  {
    keys: ["natPortBlock"],
    idle: ({ natSplit, natSplitKey }) => natSplit > 0 && natSplitKey === "connection",
    because: ["natSplitKey"],
    hint: "set LENGKET_NAT_SPLIT_KEY=port-block",
  },
  {
    keys: ["proxyProtocolTrusted", "proxyProtocolTimeoutMs"],
    idle: readsNoProxyHeader,
    because: ["proxyProtocolIn"],
    hint: "set LENGKET_PROXY_PROTOCOL_IN=required",
  },
  {
    keys: ["trustedProxies"],
    idle: (settings) => readsNoProxyHeader(settings) && !hasHttp(settings),
    because: ["proxyProtocolIn", "mode"],
    hint: "a trusted hop names the client by a PROXY header or, with LENGKET_MODE=http, a forwarding header",
  },
  {
    keys: ["trustedProxies"],
    idle: (settings, { proxyProtocolTrusted }) =>
      !readsNoProxyHeader(settings) && !hasHttp(settings) && proxyProtocolTrusted.length > 0,
    because: ["proxyProtocolTrusted"],
    hint: "leave one of them out",
  },
  {
    keys: ["healthPath", "healthMethod", "healthHost", "healthExpect", "healthExpectBody", "healthDrainOn"],
    idle: ({ health }) => health === "tcp",
    because: ["health"],
    hint: "set LENGKET_HEALTH=http",
  },
  {
    keys: [
      "healthPath",
      "healthMethod",
      "healthHost",
      "healthPort",
      "healthExpect",
      "healthExpectBody",
      "healthDrainOn",
      "healthIntervalMs",
      "healthTimeoutMs",
      "healthRise",
      "healthFall",
      "healthFastIntervalMs",
      "healthJitter",
      "healthProxyProtocol",
    ],
    idle: ({ health }) => health === "off",
    because: ["health"],
    hint: "set LENGKET_HEALTH=tcp or http",
  },
  {
    keys: ["passiveFailures", "passiveWindowMs", "ejectTimeMs", "ejectMaxTimeMs", "ejectMaxPercent"],
    idle: ({ passive }) => !passive,
    because: ["passive"],
    hint: "set LENGKET_PASSIVE=true",
  },
  {
    keys: ["panicPercent"],
    idle: ({ passive, health }) => !passive && health === "off",
    because: ["health", "passive"],
    hint: "set LENGKET_HEALTH=tcp",
  },
  {
    keys: ["retryDelayMs"],
    idle: ({ retries }) => retries === 0,
    because: ["retries"],
    hint: "set LENGKET_RETRIES=2",
  },
  {
    keys: ["queueTimeoutMs"],
    idle: ({ queue, onDown }) => queue === 0 && onDown !== "wait",
    because: ["queue", "onDown"],
    hint: "set LENGKET_QUEUE=1000, or LENGKET_ON_DOWN=wait",
  },
  {
    keys: ["accessLogFormat", "accessLogSample", "accessLogAlways", "accessLogSlowMs", "accessLogBufferBytes"],
    idle: ({ accessLog }) => accessLog === "off",
    because: ["accessLog"],
    hint: "set LENGKET_ACCESS_LOG=stdout",
  },
  {
    keys: ["accessLogMask"],
    // Advice and the admin interface name clients too.
    idle: ({ accessLog, skewAdvice, adminListen }) => accessLog === "off" && !skewAdvice && adminListen === "off",
    because: ["accessLog", "skewAdvice", "adminListen"],
    hint: "set LENGKET_ACCESS_LOG=stdout",
  },
  {
    keys: ["accessLogSlowMs"],
    idle: ({ accessLog, accessLogAlways }) => accessLog !== "off" && !accessLogAlways.includes("slow"),
    because: ["accessLogAlways"],
    hint: "set LENGKET_ACCESS_LOG_ALWAYS=errors,slow",
  },
];

/** A warning for every setting that was given and changes nothing. */
export function ineffectiveSettings(input: CheckInput): readonly Complaint[] {
  const { raw, settings, origins, invalid } = input;
  return [...RULES, ...ineffectiveHttpSettings].flatMap(({ keys, idle, because, reason, hint }): Complaint[] => {
    if (because.some((key) => invalid.has(key)) || !idle(settings, raw)) return [];
    const values = because.map((key) => `${variableName(SETTINGS[key].name)} is ${origins[key].text}`);
    const reasons = reason ?? values.join(" and ");
    return keys
      .filter((key) => chosen(input, key) && !invalid.has(key))
      .map((about) => ({
        severity: "warning",
        about,
        value: origins[about].text,
        problem: `no effect while ${reasons}`,
        hint,
      }));
  });
}
