import type { ConnectionRecord } from "../../src/model/connection-record.ts";

/** A connection that went well, with what the test wants otherwise. */
export function sampleRecord(changes: Partial<ConnectionRecord> = {}): ConnectionRecord {
  return {
    id: 7,
    acceptedAtMs: Date.UTC(2026, 10, 22, 12, 30, 1, 123),
    listener: "web",
    mode: "tcp",
    requests: 0,
    client: { address: "203.0.113.77", port: 40123 },
    via: undefined,
    key: "203.0.113.77/32",
    backend: "app1",
    home: "app1",
    reason: "home",
    attempts: 1,
    redispatched: false,
    endedBy: "client",
    phase: "relay",
    cause: "finished",
    state: "--",
    identifyMs: 0.0304,
    queueMs: 0,
    connectMs: 1.23456,
    totalMs: 5007.5,
    bytesIn: 80,
    bytesOut: 212,
    openProcess: 4,
    openListener: 3,
    openBackend: 2,
    snapshotVersion: 9,
    ...changes,
  };
}
