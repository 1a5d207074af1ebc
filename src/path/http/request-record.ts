import type { Endpoint } from "../../model/client-key.ts";
import type { RequestRecord } from "../../model/request-record.ts";
import type { DataPath, ListenerFacts } from "../data-path.ts";
import { requestLetters } from "../request-termination.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeEnd } from "./exchange-host.ts";

/** The client connection of a request, as far as its record is concerned. */
export interface RequestAccount {
  readonly connectionId: number;
  readonly listener: ListenerFacts;
  readonly peer: Endpoint;
  /** A request has ended, exchanged or not. To be called once for each. */
  endRequest(life: RequestLife, what: Exchange | Unexchanged, end: ExchangeEnd): void;
}

/** What the client connection knows about a request that ends. */
export interface RequestLife {
  readonly account: RequestAccount;
  readonly id: number;
  readonly index: number;
  readonly client: Endpoint;
  readonly key: string;
  /** Monotonic, when its first byte came. */
  readonly startMs: number;
  /** -1 = the head never was complete. */
  readonly headMs: number;
}

/** A request that was refused, or never became whole, before it could be exchanged. */
export interface Unexchanged {
  /** Of the answer; -1 = none was sent. */
  readonly status: number;
  readonly refusal: string | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The record of a request that ends now and still counts as in flight. */
export function makeRequestRecord(
  path: DataPath,
  life: RequestLife,
  exchange: Exchange | Unexchanged,
  end: ExchangeEnd,
): RequestRecord {
  const { account } = life;
  const totalMs = path.clock.nowMs() - life.startMs;
  const known = "seat" in exchange ? exchange : undefined;
  const acquisition = known?.seat.acquisition;
  const chosen = acquisition?.chosen;
  const cookieIn = known?.asked.binding.received ?? "off";
  const cookieOut = cookieIn === "off" ? "off" : (known?.cookieOut ?? "off");
  return {
    id: life.id,
    connectionId: account.connectionId,
    index: life.index,
    // Looked back at from now: a request that nobody wants a record of need not ask what time it is.
    startedAtMs: Math.round(path.clock.wallMs() - totalMs),
    listener: account.listener.name,
    client: life.client,
    via: life.client === account.peer ? undefined : account.peer,
    key: life.key,
    method: known?.facts.method ?? "",
    target: known?.facts.target ?? "",
    minorVersion: known?.facts.minorVersion ?? 1,
    status: exchange.status,
    refusal: exchange.refusal,
    backend: chosen?.member.backend.id,
    home: chosen?.home,
    reason: chosen?.reason,
    attempts: known?.seat.attempts ?? 0,
    redispatched: acquisition?.redispatched ?? false,
    reused: known?.seat.isReused ?? false,
    upgraded: known?.isUpgraded ?? false,
    cookieIn,
    cookieOut,
    endedBy: end.endedBy,
    phase: end.phase,
    cause: end.cause,
    state: requestLetters(end, cookieIn, cookieOut),
    headMs: life.headMs,
    queueMs: acquisition?.queueMs ?? -1,
    connectMs: acquisition?.connectMs ?? -1,
    responseMs: known?.responseMs ?? -1,
    totalMs,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    openProcess: path.open,
    openListener: account.listener.open,
    openBackend: chosen === undefined ? 0 : path.ledger.open(chosen.member.slot),
    snapshotVersion: acquisition?.snapshotVersion ?? 0,
  };
}
