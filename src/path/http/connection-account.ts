import type { Endpoint } from "../../model/client-key.ts";
import type { Cause, ConnectionRecord, EndedBy, Phase } from "../../model/connection-record.ts";
import type { DataPath, ListenerFacts } from "../data-path.ts";
import type { Identity } from "../identification.ts";
import { terminationLetters } from "../termination.ts";

const NOBODY: Endpoint = { address: "", port: 0 };

/** What a client connection of http mode will have to say of itself when it ends. Its requests have records of their own. */
export class ConnectionAccount {
  readonly peer: Endpoint;
  /** The peer had left before it could be asked who it is. */
  readonly isVanished: boolean;
  readonly acceptedAtMs: number;
  readonly startMs: number;
  client: Endpoint;
  phase: Phase = "accept";
  /** Requests begun. */
  requests = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** How it will have ended, once it is only waited for the client to close. */
  endedBy: EndedBy = "client";
  cause: Cause = "finished";
  readonly #path: DataPath;
  readonly #listener: ListenerFacts;
  readonly #id: number;
  #key = "";
  #identifyMs = -1;

  constructor(path: DataPath, listener: ListenerFacts, id: number, remote: Endpoint | undefined) {
    this.#path = path;
    this.#listener = listener;
    this.#id = id;
    this.acceptedAtMs = path.clock.wallMs();
    this.startMs = path.clock.nowMs();
    this.isVanished = remote === undefined;
    this.peer = remote ?? NOBODY;
    this.client = this.peer;
  }

  identified(identity: Identity): void {
    this.client = identity.client;
    this.#key = identity.key.text;
    this.#identifyMs = this.#path.clock.nowMs() - this.startMs;
    this.phase = "request";
  }

  /** The record of the connection, which ends now and still counts as open. */
  record(endedBy: EndedBy, cause: Cause): ConnectionRecord {
    const path = this.#path;
    return {
      id: this.#id,
      acceptedAtMs: this.acceptedAtMs,
      listener: this.#listener.name,
      mode: "http",
      requests: this.requests,
      client: this.client,
      via: this.client === this.peer ? undefined : this.peer,
      key: this.#key,
      backend: undefined,
      home: undefined,
      reason: undefined,
      attempts: 0,
      redispatched: false,
      endedBy,
      phase: this.phase,
      cause,
      state: terminationLetters(cause, endedBy, this.phase, "client"),
      identifyMs: this.#identifyMs,
      queueMs: -1,
      connectMs: -1,
      totalMs: path.clock.nowMs() - this.startMs,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      openProcess: path.open,
      openListener: this.#listener.open,
      openBackend: 0,
      snapshotVersion: 0,
    };
  }
}
