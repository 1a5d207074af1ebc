import type { Settings } from "../config/settings.ts";
import type { DataPathOptions, LiveOptions, PlacementOptions } from "../path/options.ts";
import { descriptorLimit } from "../platform/descriptors.ts";
import type { ReadMode } from "../platform/relay-socket.ts";
import { httpOptions } from "./http-options.ts";

/** Descriptors kept for log files, listeners, checks and the like when MAX_CONNECTIONS=auto. */
const RESERVED_DESCRIPTORS = 128;

/** Connections that the open files limit allows: two descriptors for each. */
export function affordableConnections(): number {
  return Math.max(1, Math.floor((descriptorLimit() - RESERVED_DESCRIPTORS) / 2));
}

/** MAX_CONNECTIONS as a number; `auto` is what the open files limit allows. */
export function maxConnections(settings: Settings): number {
  return settings.maxConnections === "auto" ? affordableConnections() : settings.maxConnections;
}

/** How clients are placed. `lengket route` and `place` use the same. */
export function placementOptions(settings: Settings): PlacementOptions {
  return {
    keys: {
      prefixV4: settings.clientPrefixV4,
      prefixV6: settings.clientPrefixV6,
      withPort: settings.hashKey === "client_ip_port",
    },
    hashSeed: settings.hashSeed,
    choose: { boundedLoad: settings.boundedLoad, onDown: settings.onDown },
  };
}

/** Of the data plane's options those that a reload may change. */
export function liveOptions(settings: Settings): LiveOptions {
  return {
    allow: settings.allow,
    deny: settings.deny,
    proxyProtocolTrusted: settings.proxyProtocolTrusted,
    maxConnectionsPerClient: settings.maxConnectionsPerClient,
    ratePerClient: settings.ratePerClient,
    trustedProxies: settings.trustedProxies,
    cookieSecrets: settings.cookieSecrets,
  };
}

/** What the data plane has to know. @param readMode how sockets are read */
export function dataPathOptions(settings: Settings, readMode: ReadMode): DataPathOptions {
  return {
    placement: placementOptions(settings),
    relay: {
      idleTimeoutMs: settings.idleTimeoutMs,
      halfClosedTimeoutMs: settings.halfClosedTimeoutMs,
      halfOpen: settings.halfOpen,
    },
    connect: {
      timeoutMs: settings.connectTimeoutMs,
      retries: settings.retries,
      retryDelayMs: settings.retryDelayMs,
      noDelay: settings.tcpNoDelay,
      keepAliveMs: settings.tcpKeepAliveMs,
      sourceAddresses: settings.sourceAddresses,
      proxyProtocolOut: settings.proxyProtocolOut,
    },
    proxyProtocolTimeoutMs: settings.proxyProtocolTimeoutMs,
    maxConnections: maxConnections(settings),
    queue: settings.queue,
    queueTimeoutMs: settings.queueTimeoutMs,
    overflowPinMs: settings.overflowPinMs,
    failBack: settings.failBack,
    natSplit: {
      over: settings.natSplit,
      share: settings.natSplitShare,
      key: settings.natSplitKey,
      portBlock: settings.natPortBlock,
    },
    onDownSessions: settings.onDownSessions,
    bufferBytes: settings.bufferBytes,
    readMode,
    live: liveOptions(settings),
    http: settings.listen.some(({ mode }) => mode === "http") ? httpOptions(settings) : undefined,
  };
}
