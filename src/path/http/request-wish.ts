import type { BackendId } from "../../model/backend.ts";
import type { Member } from "../../model/snapshot.ts";
import type { NewSessionPicker } from "../new-session.ts";
import type { Wish } from "../seeker.ts";
import type { Asked, ExchangeHost } from "./exchange-host.ts";
import type { HttpService } from "./service.ts";
import type { Upstream } from "./upstream.ts";

/** Where a request belongs, and the idle connections that it may use. */
export class RequestWish implements Wish {
  readonly bound: BackendId | undefined;
  readonly boundMayDrain: boolean;
  readonly picker: NewSessionPicker | undefined;
  /** Whom the PROXY header to the backend names; undefined when none is sent. */
  readonly announcedClient: string | undefined;
  readonly #asked: Asked;
  readonly #service: HttpService;
  readonly #host: ExchangeHost;
  readonly #mayBeSentTwice: () => boolean;
  readonly #onTake: (upstream: Upstream) => void;
  #again: BackendId | undefined;

  /**
   * @param mayBeSentTwice whether a connection that may turn out dead is good enough
   * @param onTake is given the idle connection that was found
   */
  constructor(
    service: HttpService,
    asked: Asked,
    host: ExchangeHost,
    announcesClient: boolean,
    mayBeSentTwice: () => boolean,
    onTake: (upstream: Upstream) => void,
  ) {
    const { binding, client } = asked;
    this.#asked = asked;
    this.#service = service;
    this.#host = host;
    this.#mayBeSentTwice = mayBeSentTwice;
    this.#onTake = onTake;
    this.bound = binding.bound;
    this.boundMayDrain = service.options.affinity.drainCookies;
    this.picker = binding.usesPicker ? service.affinity.picker : undefined;
    this.announcedClient = announcesClient ? `${client.address} ${client.port}` : undefined;
  }

  get hinted(): BackendId | undefined {
    return this.#again ?? this.#asked.binding.hinted;
  }

  /** Once more, on a fresh connection to the same backend if possible. */
  again(backend: BackendId | undefined): void {
    this.#again = backend ?? "";
  }

  takeIdle(member: Member): boolean {
    if (this.#again !== undefined) return false;
    const upstream = this.#service.upstreams.take({
      member,
      clientConnection: this.#host.connectionId,
      own: this.#host.ownUpstreams.find(member.slot),
      repeatable: this.#mayBeSentTwice(),
      announcedClient: this.announcedClient,
    });
    if (upstream === undefined) return false;
    this.#onTake(upstream);
    return true;
  }
}
