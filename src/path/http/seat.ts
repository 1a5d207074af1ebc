import type { Chosen } from "../../model/choice.ts";
import type { Cause, EndedBy, Phase } from "../../model/connection-record.ts";
import type { RelaySocket } from "../../platform/relay-socket.ts";
import { Acquisition, type AcquisitionEvents } from "../acquisition.ts";
import type { DataPath } from "../data-path.ts";
import { sendProxyHeader } from "../proxy-header-out.ts";
import type { Asked, ExchangeHost } from "./exchange-host.ts";
import { RequestWish } from "./request-wish.ts";
import type { HttpService } from "./service.ts";
import { Upstream, type UpstreamUser } from "./upstream.ts";

/** Who wants the seat, and uses the connection. */
export interface SeatUser extends UpstreamUser {
  /** The request has not been sent, and sending it twice would do no harm. */
  readonly mayBeSentTwice: boolean;
  /** There is a backend connection, an idle one or a fresh one. */
  onSeated(): void;
  onUnseated(endedBy: EndedBy, cause: Cause): void;
}

/** A request's place at a backend: the choice, the lease and the connection, until it is given back. */
export class Seat implements AcquisitionEvents {
  /** The connection; undefined before there is one and after it was let go. */
  upstream: Upstream | undefined;
  /** It had served a request before. */
  isReused = false;
  readonly #path: DataPath;
  readonly #service: HttpService;
  readonly #host: ExchangeHost;
  readonly #asked: Asked;
  readonly #user: SeatUser;
  readonly #wish: RequestWish;
  #acquisition: Acquisition;
  #attemptsBefore = 0;
  #isSecond = false;

  constructor(path: DataPath, service: HttpService, host: ExchangeHost, asked: Asked, user: SeatUser) {
    this.#path = path;
    this.#service = service;
    this.#host = host;
    this.#asked = asked;
    this.#user = user;
    this.#wish = new RequestWish(
      service,
      asked,
      host,
      path.options.connect.proxyProtocolOut !== "off",
      () => user.mayBeSentTwice,
      (upstream) => this.#use(upstream, true),
    );
    this.#acquisition = this.#acquire();
  }

  /** Ends in `onSeated` or `onUnseated`, perhaps at once, or in `release`. */
  begin(): void {
    this.#acquisition.begin();
  }

  /** The choice and its times, for the record. */
  get acquisition(): Acquisition {
    return this.#acquisition;
  }
  get attempts(): number {
    return this.#attemptsBefore + this.#acquisition.attempts;
  }
  get chosen(): Chosen | undefined {
    return this.#acquisition.chosen;
  }
  /** What is being done about it, `response` once it is there. */
  get phase(): Phase {
    return this.upstream === undefined ? this.#acquisition.phase : "response";
  }
  /** A connection that had been idle may be given up for a fresh one, once. */
  get hasSecondTry(): boolean {
    return this.isReused && !this.#isSecond;
  }

  /** Looks for a fresh connection, to the same backend if possible. */
  tryAgain(): void {
    this.letGo(false);
    this.#isSecond = true;
    this.#wish.again(this.chosen?.member.backend.id);
    this.#attemptsBefore += this.#acquisition.attempts;
    this.#acquisition.release();
    this.#acquisition = this.#acquire();
    this.#acquisition.begin();
  }

  /** Gives the connection back, or closes it. The seat itself is kept until `release`. */
  letGo(reusable: boolean): void {
    const upstream = this.detach();
    if (upstream === undefined) return;
    if (reusable) this.#service.upstreams.give(upstream);
    else upstream.socket.close();
  }

  /** The caller takes the connection over. */
  detach(): Upstream | undefined {
    const { upstream } = this;
    this.upstream = undefined;
    if (upstream !== undefined) upstream.user = undefined;
    return upstream;
  }

  /** Stops whatever goes on and gives the lease back. */
  release(): void {
    this.letGo(false);
    this.#acquisition.release();
  }

  #acquire(): Acquisition {
    const { client, key, binding } = this.#asked;
    const { connectionId } = this.#host;
    const seeker = { connectionId, client: key, port: client.port, keyHash: binding.keyHash, wish: this.#wish };
    return new Acquisition(this.#path, seeker, this);
  }

  onChosen(chosen: Chosen): void {
    this.#service.affinity.placed(this.#asked.binding, chosen);
  }

  onTaken(): void {
    this.#user.onSeated();
  }

  onAcquired(socket: RelaySocket, chosen: Chosen): void {
    const { pool, options } = this.#path;
    const { upstreams } = this.#service;
    const { announcedClient } = this.#wish;
    sendProxyHeader(socket, options.connect.proxyProtocolOut, this.#asked.client, this.#host.destination);
    const upstream = new Upstream(socket, chosen.member, announcedClient, pool.scratch, (idle) =>
      upstreams.forget(idle),
    );
    this.#use(upstream, false);
    socket.resume();
    this.#user.onSeated();
  }

  onDelayed(): void {}

  onFailed(endedBy: EndedBy, cause: Cause): void {
    this.#service.affinity.unplaced(this.#asked.binding);
    this.#user.onUnseated(endedBy, cause);
  }

  #use(upstream: Upstream, isReused: boolean): void {
    upstream.user = this.#user;
    upstream.lastClient = this.#host.connectionId;
    upstream.requests++;
    this.isReused = isReused;
    this.upstream = upstream;
    this.#host.ownUpstreams.note(upstream);
  }
}
