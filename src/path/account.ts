import type { Endpoint } from "../model/client-key.ts";
import type { Cause, ConnectionRecord, EndedBy, Phase } from "../model/connection-record.ts";
import type { Acquisition } from "./acquisition.ts";
import type { DataPath, ListenerFacts } from "./data-path.ts";
import type { Relay, Side } from "./relay.ts";
import { terminationLetters } from "./termination.ts";

/** How a connection ended. */
export interface End {
  readonly endedBy: EndedBy;
  readonly cause: Cause;
  readonly phase: Phase;
  /** Whom a timeout was waiting for. */
  readonly waitingFor: Side;
}

/** What a connection knows of itself when it ends; what it never reached is undefined. */
export interface Life {
  readonly id: number;
  readonly listener: ListenerFacts;
  readonly peer: Endpoint;
  readonly client: Endpoint;
  readonly key: string;
  readonly acceptedAtMs: number;
  readonly startMs: number;
  /** -1 = the client was not identified. */
  readonly identifyMs: number;
  readonly acquisition: Acquisition | undefined;
  readonly relay: Relay | undefined;
}

/** The record of a connection that ends now and still counts as open. */
export function makeRecord(path: DataPath, life: Life, end: End): ConnectionRecord {
  const { acquisition, relay, listener } = life;
  const chosen = acquisition?.chosen;
  return {
    id: life.id,
    acceptedAtMs: life.acceptedAtMs,
    listener: listener.name,
    mode: "tcp",
    requests: 0,
    client: life.client,
    via: life.client === life.peer ? undefined : life.peer,
    key: life.key,
    backend: chosen?.member.backend.id,
    home: chosen?.home,
    reason: chosen?.reason,
    attempts: acquisition?.attempts ?? 0,
    redispatched: acquisition?.redispatched ?? false,
    endedBy: end.endedBy,
    phase: end.phase,
    cause: end.cause,
    state: terminationLetters(end.cause, end.endedBy, end.phase, end.waitingFor),
    identifyMs: life.identifyMs,
    queueMs: acquisition?.queueMs ?? -1,
    connectMs: acquisition?.connectMs ?? -1,
    totalMs: path.clock.nowMs() - life.startMs,
    bytesIn: relay?.bytesIn ?? 0,
    bytesOut: relay?.bytesOut ?? 0,
    openProcess: path.open,
    openListener: listener.open,
    openBackend: chosen === undefined ? 0 : path.ledger.open(chosen.member.slot),
    snapshotVersion: acquisition?.snapshotVersion ?? 0,
  };
}
