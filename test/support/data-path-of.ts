import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import { type ClusterSnapshot, Publisher } from "../../src/model/snapshot.ts";
import { DataPath } from "../../src/path/data-path.ts";
import { Listener } from "../../src/path/listen.ts";
import type { DataPathOptions } from "../../src/path/options.ts";
import { type Clock, systemClock } from "../../src/platform/clock.ts";
import { type Random, systemRandom } from "../../src/platform/random.ts";
import type { ReadMode } from "../../src/platform/relay-socket.ts";

export function optionsOf(more: Partial<DataPathOptions> = {}): DataPathOptions {
  return {
    placement: {
      keys: { prefixV4: 32, prefixV6: 64, withPort: false },
      hashSeed: 0,
      choose: { boundedLoad: 0, onDown: "rehash" },
    },
    relay: { idleTimeoutMs: 60_000, halfClosedTimeoutMs: 30_000, halfOpen: true },
    connect: {
      timeoutMs: 2000,
      retries: 2,
      retryDelayMs: 5,
      noDelay: true,
      keepAliveMs: 0,
      sourceAddresses: [],
      proxyProtocolOut: "off",
    },
    proxyProtocolTimeoutMs: 3000,
    maxConnections: 20_000,
    queue: 0,
    queueTimeoutMs: 1000,
    overflowPinMs: 60_000,
    failBack: "now",
    natSplit: { over: 0, share: 1, key: "port-block", portBlock: 1024 },
    onDownSessions: "keep",
    bufferBytes: 256 * 1024,
    readMode: "direct",
    live: {
      allow: [],
      deny: [],
      proxyProtocolTrusted: [],
      maxConnectionsPerClient: 0,
      ratePerClient: undefined,
      trustedProxies: [],
      cookieSecrets: [],
    },
    ...more,
  };
}

export interface RecordingPath {
  readonly path: DataPath;
  readonly publisher: Publisher<ClusterSnapshot>;
  readonly records: ConnectionRecord[];
  /** Resolves with the records when there are at least `count`. */
  recorded(count: number): Promise<readonly ConnectionRecord[]>;
}

/** A data path on its own, with a snapshot made by hand. */
export function recordingPath(
  snapshot: ClusterSnapshot,
  more: Partial<DataPathOptions> = {},
  clock: Clock = systemClock,
  random: Random = systemRandom,
): RecordingPath {
  const publisher = new Publisher(snapshot);
  const records: ConnectionRecord[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const path = new DataPath({
    options: optionsOf(more),
    published: publisher,
    clock,
    random,
    events: {
      onRecord: (record) => {
        records.push(record);
        for (const waiter of waiting) if (records.length >= waiter.count) waiter.resolve();
      },
      onRequest: () => {},
      onConnectResult: () => {},
      onBackendIdle: () => {},
      onFull: () => {},
    },
  });
  const recorded = (count: number): Promise<readonly ConnectionRecord[]> =>
    new Promise((resolve) => {
      if (records.length >= count) resolve(records);
      else waiting.push({ count, resolve: () => resolve(records) });
    });
  return { path, publisher, records, recorded };
}

/** A listener on a free port of `host`. */
export async function listenOn(path: DataPath, host: string, readMode: ReadMode = "direct"): Promise<Listener> {
  const listener = new Listener({
    name: "test",
    place: { kind: "tcp", host, port: 0 },
    mode: "tcp",
    proxyProtocolIn: "off",
    options: { backlog: 1024, noDelay: true, keepAliveMs: 0, reusePort: false, readMode },
    path,
    clock: systemClock,
    events: {
      onAcceptFailed: (_, error) => {
        throw error;
      },
      onReopened: () => {},
      onStreamFallback: () => {
        throw new Error("Node's internals do not allow direct reads");
      },
    },
  });
  await listener.start();
  return listener;
}
