import type { Endpoint } from "../../model/client-key.ts";
import type { Cause, ConnectionRecord, EndedBy, Phase } from "../../model/connection-record.ts";
import type { DataPath, ListenerFacts } from "../data-path.ts";
import type { Identity } from "../identification.ts";
import { terminationLetters } from "../termination.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeEnd } from "./exchange-host.ts";
import type { HeadIntake } from "./head-intake.ts";
import { makeRequestRecord, type RequestAccount, type RequestLife, type Unexchanged } from "./request-record.ts";
import type { HttpService } from "./service.ts";

const NOBODY: Endpoint = { address: "", port: 0 };

/** What a client connection of http mode has to say of itself and of its requests. */
export class ClientAccount implements RequestAccount {
  readonly peer: Endpoint;
  /** The peer had left before it could be asked who it is. */
  readonly isVanished: boolean;
  readonly startMs: number;
  client: Endpoint;
  phase: Phase = "accept";
  /** Requests begun. */
  requests = 0;
  readonly #path: DataPath;
  readonly #service: HttpService;
  readonly listener: ListenerFacts;
  readonly connectionId: number;
  readonly #acceptedAtMs: number;
  #key = "";
  #identifyMs = -1;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(path: DataPath, service: HttpService, listener: ListenerFacts, id: number, remote: Endpoint | undefined) {
    this.#path = path;
    this.#service = service;
    this.listener = listener;
    this.connectionId = id;
    this.#acceptedAtMs = path.clock.wallMs();
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

  /** A request has begun. */
  beginRequest(intake: HeadIntake, client: Endpoint, key: string): RequestLife {
    this.requests++;
    return {
      account: this,
      id: this.#service.nextRequestId(),
      index: this.requests,
      client,
      key,
      startMs: intake.startMs,
      headMs: intake.endMs - intake.startMs,
    };
  }

  /** A request has ended, exchanged or not. */
  endRequest(life: RequestLife, what: Exchange | Unexchanged, end: ExchangeEnd): void {
    this.#bytesIn += what.bytesIn;
    this.#bytesOut += what.bytesOut;
    // Not made for nobody: it costs about as much as choosing a backend.
    this.#service.onRequest?.(makeRequestRecord(this.#path, life, what, end));
  }

  /** It ends in the middle of a head, if it does. */
  partOfHead(intake: HeadIntake, endedBy: EndedBy, cause: Cause): void {
    if (!intake.isUnderWay) return;
    const end: ExchangeEnd = { endedBy, cause, phase: "request", waitingFor: "client" };
    this.unexchanged(intake, { status: -1, refusal: undefined, bytesIn: 0, bytesOut: 0 }, end);
  }

  /** Bytes came that never became a request. */
  unexchanged(intake: HeadIntake, what: Unexchanged, end: ExchangeEnd): void {
    this.endRequest({ ...this.beginRequest(intake, this.client, this.#key), headMs: -1 }, what, end);
  }

  /** The record of the connection, which ends now and still counts as open. */
  record(endedBy: EndedBy, cause: Cause): ConnectionRecord {
    const path = this.#path;
    return {
      id: this.connectionId,
      acceptedAtMs: this.#acceptedAtMs,
      listener: this.listener.name,
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
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      openProcess: path.open,
      openListener: this.listener.open,
      openBackend: 0,
      snapshotVersion: 0,
    };
  }
}
