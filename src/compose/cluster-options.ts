import type { Settings } from "../config/settings.ts";
import type { ClusterOptions } from "../control/cluster.ts";
import type { ClusterRules, PassiveRules } from "../control/cluster-state.ts";
import { createProbe } from "../control/health/create-probe.ts";
import type { Health } from "../model/backend.ts";
import type { Endpoint } from "../model/client-key.ts";
import { SourceAddresses } from "../platform/source-addresses.ts";
import { encodeProxyV1, encodeProxyV2 } from "../proxy-protocol/encode.ts";

/** A check speaks for the balancer itself: v1 says UNKNOWN, v2 says LOCAL. */
const NOBODY: Endpoint = { address: "", port: 0 };

function initialHealth(settings: Settings): Health {
  if (settings.health === "off" || settings.healthInitial === "check") return "unknown";
  return settings.healthInitial === "up" ? "healthy" : "unhealthy";
}

function passiveRules(settings: Settings): PassiveRules | undefined {
  if (!settings.passive) return undefined;
  return {
    failures: settings.passiveFailures,
    windowMs: settings.passiveWindowMs,
    ejectTimeMs: settings.ejectTimeMs,
    ejectMaxTimeMs: settings.ejectMaxTimeMs,
    ejectMaxPercent: settings.ejectMaxPercent,
  };
}

function clusterRules(settings: Settings): ClusterRules {
  return {
    initialHealth: initialHealth(settings),
    rise: settings.healthRise,
    fall: settings.healthFall,
    passive: passiveRules(settings),
    panicPercent: settings.panicPercent,
    slowStartMs: settings.slowStartMs,
    drainTimeoutMs: settings.drainTimeoutMs,
  };
}

function probeHeader(settings: Settings): (() => Uint8Array) | undefined {
  if (!settings.healthProxyProtocol) return undefined;
  if (settings.proxyProtocolOut === "v1") return () => encodeProxyV1(NOBODY, NOBODY);
  return () => encodeProxyV2(NOBODY, NOBODY, { command: "local" });
}

function checks(settings: Settings): ClusterOptions["checks"] {
  if (settings.health === "off") return undefined;
  const sources = new SourceAddresses(settings.sourceAddresses);
  return {
    plan: {
      intervalMs: settings.healthIntervalMs,
      fastIntervalMs: settings.healthFastIntervalMs,
      jitter: settings.healthJitter,
      timeoutMs: settings.healthTimeoutMs,
    },
    probe: createProbe({
      kind: settings.health,
      port: settings.healthPort,
      sourceAddress: (host) => sources.next(host),
      method: settings.healthMethod,
      path: settings.healthPath,
      host: settings.healthHost,
      expect: settings.healthExpect,
      expectBody: settings.healthExpectBody,
      drainOn: settings.healthDrainOn,
      proxyHeader: probeHeader(settings),
    }),
    awaitFirst: settings.healthInitial === "check",
  };
}

/** What the control plane has to know. */
export function clusterOptions(settings: Settings): ClusterOptions {
  return {
    rules: clusterRules(settings),
    hashPolicy: settings.hashPolicy,
    table: { seed: settings.hashSeed, ringVnodes: settings.ringVnodes, maglevTable: settings.maglevTable },
    checks: checks(settings),
  };
}
