import { asksForConnectionLogin } from "../../http/connection-login.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { BackendId } from "../../model/backend.ts";
import type { Chosen } from "../../model/choice.ts";
import type { Cause, EndedBy, Phase } from "../../model/connection-record.ts";
import type { Member } from "../../model/snapshot.ts";
import type { RelaySocket } from "../../platform/relay-socket.ts";
import { Acquisition, type AcquisitionEvents } from "../acquisition.ts";
import type { DataPath } from "../data-path.ts";
import type { NewSessionPicker } from "../new-session.ts";
import { sendProxyHeader } from "../proxy-header-out.ts";
import type { Seeker, Wish } from "../seeker.ts";
import type { Asked, ExchangeHost } from "./exchange-host.ts";
import type { HttpService } from "./service.ts";
import { Upstream, type UpstreamUser } from "./upstream.ts";

/** Who wants the seat, and uses the connection. */
export interface SeatUser extends UpstreamUser {
  /** The request has not been sent, and sending it twice would do no harm. */
  readonly mayBeSentTwice: boolean;
  /** There is a backend connection, an idle one or a fresh one, since `nowMs`. */
  onSeated(nowMs: number): void;
  onUnseated(endedBy: EndedBy, cause: Cause): void;
}

/**
 * A request's place at a backend: the choice, the lease and the connection, until it is given back. It seeks the place itself,
 * and knows what the request says about it: one object in three parts, as every request needs them all.
 */
export class Seat implements AcquisitionEvents, Seeker, Wish {
  readonly connectionId: number;
  readonly client: string;
  readonly port: number;
  readonly keyHash: number;
  readonly boundMayDrain: boolean;
  readonly picker: NewSessionPicker | undefined;
  readonly hasOwnKey: boolean;
  readonly belongsByHash: boolean;
  /** Whom the PROXY header to the backend names; undefined when none is sent. */
  readonly announcedClient: string | undefined;

  /** The connection; undefined before there is one and after it was let go. */
  upstream: Upstream | undefined;
  /** It had served a request before. */
  isReused = false;
  readonly #path: DataPath;
  readonly #service: HttpService;
  readonly #host: ExchangeHost;
  readonly #asked: Asked;
  readonly #user: SeatUser;
  #acquisition: Acquisition;
  #attemptsBefore = 0;
  /** Where it was when an idle connection had turned out dead; "" where that is not known. */
  #again: BackendId | undefined;

  constructor(path: DataPath, service: HttpService, host: ExchangeHost, asked: Asked, user: SeatUser) {
    this.#path = path;
    this.#service = service;
    this.#host = host;
    this.#asked = asked;
    this.#user = user;
    const { binding, client } = asked;
    this.connectionId = host.connectionId;
    this.client = asked.key;
    this.port = client.port;
    this.keyHash = binding.keyHash;
    this.boundMayDrain = service.options.affinity.drainCookies;
    this.picker = binding.usesPicker ? service.affinity.picker : undefined;
    this.hasOwnKey = binding.hasOwnKey;
    this.belongsByHash = binding.belongsByHash;
    const announces = path.options.connect.proxyProtocolOut !== "off";
    this.announcedClient = announces ? `${client.address} ${client.port}` : undefined;
    this.#acquisition = new Acquisition(path, this, this);
  }

  /** Ends in `onSeated` or `onUnseated`, perhaps at once, or in `release`. */
  begin(): void {
    this.#acquisition.begin(this.#asked.askedAtMs);
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
    return this.isReused && this.#again === undefined;
  }

  // --- where the request belongs ---

  get wish(): Wish {
    return this;
  }
  get bound(): BackendId | undefined {
    return this.#asked.binding.bound;
  }
  get hinted(): BackendId | undefined {
    return this.#again ?? this.#asked.binding.hinted;
  }

  takeIdle(member: Member): boolean {
    if (this.#again !== undefined) return false;
    const upstream = this.#service.upstreams.take({
      member,
      clientConnection: this.connectionId,
      own: this.#host.ownUpstreams.find(member.slot),
      repeatable: this.#user.mayBeSentTwice,
      announcedClient: this.announcedClient,
    });
    if (upstream === undefined) return false;
    this.#use(upstream, true);
    return true;
  }

  // --- the connection ---

  /** Looks for a fresh connection, to the same backend if possible. */
  tryAgain(): void {
    this.letGo(false);
    this.#again = this.chosen?.member.backend.id ?? "";
    this.#attemptsBefore += this.#acquisition.attempts;
    this.#acquisition.release();
    this.#acquisition = new Acquisition(this.#path, this, this);
    this.#acquisition.begin(this.#path.clock.nowMs());
  }

  /** The head of the final answer is there. @returns whose answer it is; "" where that is not known */
  answered(head: ResponseHead): BackendId {
    if (this.upstream !== undefined && asksForConnectionLogin(head)) this.upstream.isPrivate = true;
    return this.chosen?.member.backend.id ?? "";
  }

  /** Gives the connection back, or closes it. The seat itself is kept until `release`. */
  letGo(reusable: boolean): void {
    const upstream = this.detach();
    if (upstream === undefined) return;
    if (reusable) this.#service.upstreams.give(upstream, this.#host.patience.lastActivityMs);
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

  // --- the way there ---

  onChosen(chosen: Chosen): void {
    this.#service.affinity.placed(this.#asked.binding, chosen);
  }

  onTaken(): void {
    this.#user.onSeated(this.#acquisition.chosenAtMs);
  }

  onAcquired(socket: RelaySocket, chosen: Chosen): void {
    const { pool, options } = this.#path;
    const { upstreams } = this.#service;
    sendProxyHeader(socket, options.connect.proxyProtocolOut, this.#asked.client, this.#host.destination);
    const upstream = new Upstream(socket, chosen.member, this.announcedClient, pool.scratch, (idle) =>
      upstreams.forget(idle),
    );
    this.#use(upstream, false);
    socket.resume();
    this.#user.onSeated(this.#path.clock.nowMs());
  }

  onDelayed(): void {}

  onFailed(endedBy: EndedBy, cause: Cause): void {
    this.#service.affinity.unplaced(this.#asked.binding);
    this.#user.onUnseated(endedBy, cause);
  }

  #use(upstream: Upstream, isReused: boolean): void {
    upstream.user = this.#user;
    upstream.lastClient = this.connectionId;
    upstream.requests++;
    upstream.isPrivate ||= this.#asked.logsIn;
    this.isReused = isReused;
    this.upstream = upstream;
    this.#host.ownUpstreams.note(upstream);
  }
}
