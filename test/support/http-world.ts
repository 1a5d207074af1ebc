import {
  DEFAULT_BODY_LIMITS,
  DEFAULT_REQUEST_HEAD_LIMITS,
  DEFAULT_RESPONSE_HEAD_LIMITS,
} from "../../src/http/message-limits.ts";
import type { RequestRecord } from "../../src/model/request-record.ts";
import type { ClusterSnapshot } from "../../src/model/snapshot.ts";
import type { ListenerFacts } from "../../src/path/data-path.ts";
import type { AffinityOptions, HttpOptions, UpstreamOptions } from "../../src/path/http/options.ts";
import type { DataPathOptions } from "../../src/path/options.ts";
import { affinityOptions } from "./affinity-rig.ts";
import { clusterOf } from "./clusters.ts";
import type { FakeRelaySocket } from "./fake-relay-socket.ts";
import { latin1 } from "./http-messages.ts";
import { PathWorld } from "./path-world.ts";

export interface HttpChanges extends Partial<Omit<HttpOptions, "upstream" | "affinity">> {
  readonly upstream?: Partial<UpstreamOptions>;
  readonly affinity?: Partial<AffinityOptions>;
}

/** Options of http mode in which only the hash decides and nothing is added to a request, but for what a test changes. */
export function httpOptionsOf({ upstream, affinity, ...more }: HttpChanges = {}): HttpOptions {
  return {
    requestHead: DEFAULT_REQUEST_HEAD_LIMITS,
    responseHead: DEFAULT_RESPONSE_HEAD_LIMITS,
    body: DEFAULT_BODY_LIMITS,
    headTimeoutMs: 10_000,
    keepAliveTimeoutMs: 75_000,
    responseTimeoutMs: 20_000,
    upgradeIdleTimeoutMs: 3_600_000,
    upstream: { reuse: "shared", idlePerBackend: 64, idleTimeoutMs: 30_000, maxRequests: 0, ...upstream },
    affinity: affinityOptions({ mode: "off", ...affinity }),
    forwardedHeader: "none",
    forwardedOut: "off",
    realIpHeader: undefined,
    ...more,
  };
}

export interface HttpWorldOptions {
  readonly http?: HttpChanges;
  readonly path?: Partial<DataPathOptions>;
  readonly snapshot?: ClusterSnapshot;
  readonly proxyProtocolIn?: ListenerFacts["proxyProtocolIn"];
}

/** A data path in http mode without a network; one backend, `a`, unless told otherwise. */
export class HttpWorld extends PathWorld {
  constructor({ http, path, snapshot = clusterOf({ a: {} }), proxyProtocolIn = "off" }: HttpWorldOptions = {}) {
    super(snapshot, { ...path, http: httpOptionsOf(http) }, proxyProtocolIn, "http");
  }

  /** `socket`'s peer sends `text`, which is read at once as far as it is read at all. */
  say(socket: FakeRelaySocket, text: string): void {
    socket.send(latin1(text));
    socket.deliverAll();
    this.tasks.run();
  }

  /** `socket`'s peer sends its FIN. */
  fin(socket: FakeRelaySocket): void {
    socket.sendEnd();
    socket.deliverAll();
    this.tasks.run();
  }

  reset(socket: FakeRelaySocket, syscall = "read"): void {
    socket.fail("ECONNRESET", syscall);
    this.tasks.run();
  }

  /** The nth connection to a backend, made if it is not yet. */
  backend(nth: number): FakeRelaySocket {
    const socket = this.dialed[nth]?.socket;
    if (socket === undefined) throw new Error(`only ${this.dialed.length} connections were begun`);
    socket.connect();
    this.tasks.run();
    return socket;
  }

  /** A client that has sent `text`, which went to the newest backend connection. */
  asked(text: string): { readonly client: FakeRelaySocket; readonly backend: FakeRelaySocket } {
    const client = this.accept();
    this.say(client, text);
    return { client, backend: this.backend(this.dialed.length - 1) };
  }

  get lastRequest(): RequestRecord {
    const record = this.requests.at(-1);
    if (record === undefined) throw new Error("no request has ended");
    return record;
  }

  /** The gauges at the end, when everybody has left and the path is destroyed. */
  endGauges(): Readonly<Record<string, number>> {
    this.path.destroy();
    this.tasks.run();
    return { ...this.gauges(), idle: this.path.idleUpstreams };
  }
}

/** Everything that `socket` was sent, as latin1. */
export function sentTo(socket: FakeRelaySocket): string {
  return socket.received.toString("latin1");
}

/** Lines joined by CR LF, with the empty line behind them, and a body. */
export function message(lines: readonly string[], body = ""): string {
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** A request to the host `shop`. */
export function requestOf(line: string, lines: readonly string[] = [], body = ""): string {
  return message([`${line} HTTP/1.1`, "Host: shop", ...lines], body);
}

export const GET = requestOf("GET /");
export const OK = message(["HTTP/1.1 200 OK", "Content-Length: 2"], "ok");

/** A POST with `body`, or with the part of it that is sent now. */
export function postOf(length: number, body: string): string {
  return requestOf("POST /", [`Content-Length: ${length}`], body);
}
