import { keyHash } from "../../hashing/murmur3.ts";
import { logsInConnection } from "../../http/connection-login.ts";
import type { RequestOut } from "../../http/head-writer.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { anyCidrContains } from "../../model/cidr.ts";
import type { ClientKey, Endpoint } from "../../model/client-key.ts";
import { addressBytes, clientKey } from "../client-address.ts";
import type { DataPath } from "../data-path.ts";
import type { Identity } from "../identification.ts";
import type { Asked } from "./exchange-host.ts";
import { Forwarding } from "./forwarding.ts";
import type { HttpService } from "./service.ts";

interface KnownClient {
  readonly client: Endpoint;
  readonly key: ClientKey;
  readonly keyHash: number;
}

/**
 * Turns the heads of one client connection into what is asked of backends: who the client is, where the request belongs, and
 * the head that is sent on.
 */
export class Visitor {
  readonly #path: DataPath;
  readonly #service: HttpService;
  readonly #peer: KnownClient;
  readonly #forwarding: Forwarding;
  readonly #out: RequestOut;
  /** The last client that a trusted hop told of: it often sends the next request too. */
  #last: KnownClient | undefined;

  /** @param local where the client connected to; asked for only when needed, as it is a question to the kernel */
  constructor(path: DataPath, service: HttpService, identity: Identity, local: () => Endpoint) {
    const { client, key } = identity;
    this.#path = path;
    this.#service = service;
    this.#peer = { client, key, keyHash: keyHash(key.bytes, path.options.placement.hashSeed) };
    this.#forwarding = new Forwarding(client, service.options, path.live.trustedProxies);
    this.#out = {
      upgrade: true,
      trailers: false,
      close: service.options.upstream.reuse === "never",
      fallbackHost: () => hostOf(local()),
    };
  }

  /** @param nowMs monotonic, when the head was complete */
  ask(head: RequestHead, nowMs: number): Asked {
    const { affinity, requestEdits, writer } = this.#service;
    requestEdits.clear();
    const origin = this.#forwarding.apply(head, requestEdits);
    const known = origin.client === this.#peer.client ? this.#peer : this.#know(origin.client);
    const binding = affinity.read({
      head,
      key: known.key.text,
      addressHash: known.keyHash,
      edits: requestEdits,
      nowMs,
    });
    binding.headText = writer.request(head, requestEdits, this.#out);
    return {
      client: known.client,
      key: known.key.text,
      https: origin.scheme === "https",
      binding,
      askedAtMs: nowMs,
      logsIn: logsInConnection(head),
      isForbidden: known !== this.#peer && this.#isForbidden(known.client),
    };
  }

  #isForbidden(client: Endpoint): boolean {
    const { allow, deny } = this.#path.live;
    if (allow.length === 0 && deny.length === 0) return false;
    const bytes = addressBytes(client.address);
    if (bytes === undefined) return allow.length > 0;
    return anyCidrContains(deny, bytes) || (allow.length > 0 && !anyCidrContains(allow, bytes));
  }

  #know(client: Endpoint): KnownClient {
    const last = this.#last;
    if (last !== undefined && last.client.address === client.address && last.client.port === client.port) return last;
    const { keys, hashSeed } = this.#path.options.placement;
    const key = clientKey(addressBytes(client.address), client.port, keys);
    const known = { client, key, keyHash: keyHash(key.bytes, hashSeed) };
    this.#last = known;
    return known;
  }
}

/** For a request of HTTP/1.0 that names no host: what the client connected to. */
function hostOf({ address, port }: Endpoint): string {
  if (address === "") return "localhost";
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
