import { unlinkSync } from "node:fs";
import net from "node:net";
import type { ListenPlace } from "../model/listen-address.ts";
import { acceptConnections } from "../platform/accept.ts";
import type { Clock, Timer } from "../platform/clock.ts";
import type { ReadMode } from "../platform/relay-socket.ts";
import { isStaleSocket } from "../platform/stale-socket.ts";
import type { DataPath, ListenerFacts } from "./data-path.ts";

/** A place that can be opened: `systemd` has been resolved to descriptors by then. */
export type OpenablePlace = Exclude<ListenPlace, { kind: "systemd" }>;

export interface ListenOptions {
  readonly backlog: number;
  readonly noDelay: boolean;
  /** 0 = no keep-alive probes. */
  readonly keepAliveMs: number;
  /** SO_REUSEPORT; needs Node ≥ 22.12. */
  readonly reusePort: boolean;
  readonly readMode: ReadMode;
}

export interface ListenerEvents {
  /** The process ran out of descriptors or memory: the place is closed for `pauseMs`. Undefined `pauseMs`: it stays open. */
  onAcceptFailed(listener: Listener, error: Error, pauseMs: number | undefined): void;
  onReopened(listener: Listener): void;
  /** Node's internals are not as expected: reads go through ordinary streams. */
  onStreamFallback(listener: Listener): void;
}

export interface ListenerParts {
  readonly name: string;
  readonly place: OpenablePlace;
  readonly mode: ListenerFacts["mode"];
  readonly proxyProtocolIn: ListenerFacts["proxyProtocolIn"];
  readonly options: ListenOptions;
  readonly path: DataPath;
  readonly clock: Clock;
  readonly events: ListenerEvents;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/**
 * One listening place. When accepting fails for want of descriptors or memory it closes the listening socket and opens it
 * again after a growing pause: left open, the kernel would report the same waiting connection again and again.
 */
export class Listener implements ListenerFacts {
  readonly name: string;
  readonly mode: ListenerFacts["mode"];
  readonly proxyProtocolIn: ListenerFacts["proxyProtocolIn"];
  open = 0;
  readonly #parts: ListenerParts;
  #server: net.Server | undefined;
  #place: OpenablePlace;
  #readMode: ReadMode;
  #pauseMs = FIRST_PAUSE_MS;
  #pause: Timer | undefined;
  #closed = false;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.mode = parts.mode;
    this.proxyProtocolIn = parts.proxyProtocolIn;
    this.#place = parts.place;
    this.#readMode = parts.options.readMode;
  }

  /** How reads arrive here; `stream` when Node's internals did not allow `direct`. */
  get readMode(): ReadMode {
    return this.#readMode;
  }

  /** Where it listens: `host:port` with the real port, `unix:/path` or `fd:N`. */
  get address(): string {
    if (this.#place.kind === "unix") return `unix:${this.#place.path}`;
    const bound = this.#server?.address();
    if (typeof bound === "object" && bound !== null) return hostPort(bound.address, bound.port);
    return this.#place.kind === "fd" ? `fd:${this.#place.fd}` : hostPort(this.#place.host ?? "", this.#place.port);
  }

  /** The TCP port it is bound to; 0 for other places. */
  get port(): number {
    const bound = this.#server?.address();
    return typeof bound === "object" && bound !== null ? bound.port : 0;
  }

  /** Binds and listens, unless it is closed meanwhile. Rejects with Node's error (`EADDRINUSE`, `EACCES`, …). */
  async start(): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      if (this.#place.kind !== "unix" || !(await isStaleSocket(this.#place.path, error))) throw error;
      unlinkSync(this.#place.path);
      await this.#listen();
    }
  }

  /** Takes a pause, as if accepting had failed: the process is short of what a connection needs. `because` is for the log. */
  suspend(because: string): void {
    if (this.#server !== undefined) this.#onAcceptError(new Error(because));
  }

  /** Accepts no more. Connections that were accepted go on. */
  close(): void {
    this.#closed = true;
    this.#pause?.cancel();
    this.#server?.close();
    this.#server = undefined;
  }

  async #listen(): Promise<void> {
    const { options } = this.#parts;
    const server = net.createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      noDelay: options.noDelay,
      keepAlive: options.keepAliveMs > 0,
      keepAliveInitialDelay: options.keepAliveMs,
      highWaterMark: 1,
    } as net.ServerOpts);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(listenArguments(this.#place, options), () => {
        server.removeListener("error", reject);
        resolve();
      });
    });
    if (this.#closed) {
      server.close();
      return;
    }
    server.on("error", (error) => this.#onAcceptError(error));
    this.#server = server;
    this.#readMode = acceptConnections(
      server,
      options.readMode,
      { ...options, batch: this.#parts.path.batch },
      (open) => {
        this.#pauseMs = FIRST_PAUSE_MS;
        this.#parts.path.accept(this, open);
      },
    );
    if (this.#readMode !== options.readMode) this.#parts.events.onStreamFallback(this);
    // Another try after a pause must get the same port back.
    if (this.#place.kind === "tcp" && this.#place.port === 0) this.#place = { ...this.#place, port: this.port };
  }

  #onAcceptError(error: Error): void {
    const { events, clock } = this.#parts;
    // An inherited descriptor cannot be opened again; libuv then sheds what waits by itself.
    if (this.#closed || this.#place.kind === "fd") {
      events.onAcceptFailed(this, error, undefined);
      return;
    }
    this.#parts.path.makeRoom();
    this.#server?.close();
    this.#server = undefined;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    events.onAcceptFailed(this, error, pauseMs);
    this.#pause = clock.after(pauseMs, () => void this.#reopen());
  }

  async #reopen(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      this.#onAcceptError(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (!this.#closed) this.#parts.events.onReopened(this);
  }
}

function listenArguments(place: OpenablePlace, options: ListenOptions): net.ListenOptions {
  const { backlog } = options;
  switch (place.kind) {
    case "unix":
      return { path: place.path, backlog };
    case "fd":
      return { fd: place.fd, backlog } as net.ListenOptions;
    case "tcp":
      return {
        ...(place.host === undefined ? {} : { host: place.host }),
        port: place.port,
        backlog,
        ...(options.reusePort ? { reusePort: true } : {}),
      };
  }
}

function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
