import { buildCannedResponses, type CannedKind, type CannedResponse } from "../../http/canned-responses.ts";
import { HeadEdits } from "../../http/head-edits.ts";
import { HeadWriter } from "../../http/head-writer.ts";
import { invariant } from "../../model/failure.ts";
import type { RequestRecord } from "../../model/request-record.ts";
import type { ClusterSnapshot, Published } from "../../model/snapshot.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Random } from "../../platform/random.ts";
import { Affinity } from "./affinity.ts";
import type { HttpOptions } from "./options.ts";
import { Readers } from "./readers.ts";
import { UpstreamPool } from "./upstream-pool.ts";

export interface HttpServiceParts {
  readonly options: HttpOptions;
  readonly secrets: readonly Uint8Array[];
  readonly published: Published<ClusterSnapshot>;
  readonly clock: Clock;
  readonly random: Random;
  readonly hashSeed: number;
  /** Undefined = nobody wants records. */
  readonly onRequest: ((record: RequestRecord) => void) | undefined;
}

/**
 * What the http connections of one process share. The edits are lent for the time of one call: nothing in them
 * outlives the event that is being handled.
 */
export class HttpService {
  readonly options: HttpOptions;
  readonly affinity: Affinity;
  readonly upstreams: UpstreamPool;
  readonly readers: Readers;
  readonly writer = new HeadWriter();
  readonly requestEdits: HeadEdits;
  readonly responseEdits: HeadEdits;
  readonly onRequest: ((record: RequestRecord) => void) | undefined;
  readonly #canned: ReadonlyMap<CannedKind, CannedResponse> = buildCannedResponses();
  #requests = 0;

  constructor(parts: HttpServiceParts) {
    const { options, clock, random, published } = parts;
    const { requestHead, responseHead } = options;
    this.options = options;
    this.onRequest = parts.onRequest;
    this.affinity = new Affinity(options.affinity, parts.secrets, {
      published,
      clock,
      random,
      hashSeed: parts.hashSeed,
    });
    this.upstreams = new UpstreamPool(options.upstream, clock);
    this.readers = new Readers(requestHead, responseHead);
    this.requestEdits = new HeadEdits(requestHead.maxFields);
    this.responseEdits = new HeadEdits(responseHead.maxFields);
  }

  /** The number of the next request, counting from 1. */
  nextRequestId(): number {
    return ++this.#requests;
  }

  canned(kind: CannedKind): CannedResponse {
    const answer = this.#canned.get(kind);
    invariant(answer !== undefined, `no answer for ${kind}`);
    return answer;
  }

  close(): void {
    this.upstreams.closeAll();
    this.affinity.close();
  }
}
