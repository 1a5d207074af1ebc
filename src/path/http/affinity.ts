import { FIELD } from "../../http/field-names.ts";
import type { HeadEdits } from "../../http/head-edits.ts";
import { asciiOctets, equalsExactly } from "../../http/octets.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { BackendId } from "../../model/backend.ts";
import type { Chosen } from "../../model/choice.ts";
import type { CookieOut } from "../../model/request-record.ts";
import type { Random } from "../../platform/random.ts";
import { createPicker } from "../create-picker.ts";
import type { NewSessionPicker } from "../new-session.ts";
import { Binding, MOST_COOKIE_BYTES } from "./affinity-binding.ts";
import { InsertMode } from "./affinity-insert.ts";
import { LearnMode } from "./affinity-learn.ts";
import type { AffinityMode, AffinityParts, AffinityRequest } from "./affinity-mode.ts";
import { OffMode } from "./affinity-off.ts";
import { PassiveMode } from "./affinity-passive.ts";
import { PrefixMode } from "./affinity-prefix.ts";
import { RouteMode } from "./affinity-route.ts";
import { isUsable } from "./best-word.ts";
import { hashText } from "./hash-text.ts";
import type { AffinityOptions } from "./options.ts";
import { type ReadRequestField, requestField } from "./request-field.ts";
import { SessionHints } from "./session-hints.ts";

export { Binding } from "./affinity-binding.ts";
export type { AffinityRequest } from "./affinity-mode.ts";

const DEST = asciiOctets("sec-fetch-dest");
const DOCUMENT = asciiOctets("document");
const UPGRADE_INSECURE = asciiOctets("upgrade-insecure-requests");

/** Of a User-Agent; what follows tells no more browsers apart. */
const MOST_AGENT_BYTES = 256;

/**
 * Which backend a request belongs to: reads what it says when its head is there, hears where it was placed, and writes into the
 * head of the answer what the client has to bring next time. Holds the learned sessions, the hints and the picker of one data
 * path; `close` forgets them.
 *
 * For each request: `read`; `placed` for every backend that is chosen for it, before it is connected to; `answer` once, for
 * the final answer of that backend, if there is one.
 */
export class Affinity {
  /** Places new sessions; undefined = the hash does. For `choose`, where the binding says `usesPicker`. */
  readonly picker: NewSessionPicker | undefined;
  readonly #options: AffinityOptions;
  readonly #parts: AffinityParts;
  readonly #random: Random;
  readonly #mode: AffinityMode;
  readonly #insert: InsertMode | undefined;
  readonly #hashKey: ReadRequestField | undefined;
  /** Of those that belong nowhere. */
  readonly #newcomers: SessionHints | undefined;
  /** Of those whose backend cannot be used. */
  readonly #movers: SessionHints | undefined;

  constructor(
    options: AffinityOptions,
    secrets: readonly Uint8Array[],
    parts: AffinityParts & { readonly random: Random },
  ) {
    this.#options = options;
    this.#parts = parts;
    this.#random = parts.random;
    this.picker = options.mode === "off" ? undefined : createPicker(options.newSession, parts.random);
    this.#insert = options.mode === "insert" ? new InsertMode(options, secrets, parts) : undefined;
    this.#mode = this.#insert ?? createMode(options, parts);
    this.#hashKey = options.hashKey === undefined ? undefined : requestField(options.hashKey);
    const hasHints = this.picker !== undefined && options.newSessionHintMs > 0;
    this.#newcomers = hasHints ? new SessionHints(parts.clock, options.newSessionHintMs) : undefined;
    this.#movers = hasHints ? new SessionHints(parts.clock, options.newSessionHintMs) : undefined;
  }

  /** What the request says. Takes out of its head what the backend must not see. */
  read(request: AffinityRequest): Binding {
    const { method } = request.head;
    const isRead = method === "GET" || method === "HEAD";
    const usesPicker = this.picker !== undefined;
    const word = usesPicker ? undefined : this.#hashKey?.(request.head);
    const keyHash = usesPicker ? (this.#random.next() * 2 ** 32) >>> 0 : this.#hashOf(word, request);
    const binding = new Binding(keyHash, usesPicker, word !== undefined, isRead);
    this.#mode.read(request, binding);
    if (binding.usesPicker) this.#prepareHints(request, binding);
    return binding;
  }

  /**
   * A backend was chosen for the request and is about to be connected to; called again for each further choice, when that
   * failed. The requests that come meanwhile can follow.
   */
  placed(binding: Binding, chosen: Chosen): void {
    const { id } = chosen.member.backend;
    if (id !== binding.bound) {
      this.#notOnBound(binding);
      binding.leadTo(id);
      return;
    }
    binding.wasOnBound = true;
    binding.received = "valid";
  }

  /** No backend could be given to the request. */
  unplaced(binding: Binding): void {
    this.#notOnBound(binding);
  }

  /**
   * The final answer (or 101) of backend `backend` is about to be written: edits its head. Not to be called for other 1xx.
   *
   * @param https the client is known to speak https to somebody in front of us
   */
  answer(binding: Binding, backend: BackendId, https: boolean, head: ResponseHead, edits: HeadEdits): CookieOut {
    const out = this.#mode.answer(binding, backend, https, head, edits);
    const { group, hints } = binding;
    if (group !== undefined && hints !== undefined && (binding.isTold || isSet(out))) hints.answered(group);
    return out;
  }

  /**
   * The value of a Set-Cookie for the 400 of a refused request: an honest browser forgets the bad cookie and starts anew.
   * Undefined when the cookie is not ours.
   */
  removal(https: boolean): string | undefined {
    return this.#insert?.removal(https);
  }

  /** The secrets of a reloaded configuration: the first signs, all verify. */
  configure(secrets: readonly Uint8Array[]): void {
    this.#insert?.configure(secrets);
  }

  /** Forgets everything. */
  close(): void {
    this.#newcomers?.clear();
    this.#movers?.clear();
    this.#mode.close();
  }

  /** Of what HASH_KEY names; of the address where the request does not have it. */
  #hashOf(word: string | undefined, { addressHash }: AffinityRequest): number {
    return word === undefined ? addressHash : hashText(word, this.#parts.hashSeed);
  }

  /** In the words of the record: the backend that the request names could not be used, or something else was preferred to it. */
  #notOnBound(binding: Binding): void {
    const { bound } = binding;
    if (bound === undefined || binding.received !== "valid") return;
    const { published, clock } = this.#parts;
    const isUp = isUsable(published.current, bound, clock.nowMs(), this.#options.drainCookies);
    binding.received = isUp && !binding.wasOnBound ? "unused" : "down";
  }

  /**
   * A browser is known by its address and its User-Agent, which those behind one NAT share, and by the cookies that it has of
   * others: the parallel requests of a page carry the same ones, and those of another visitor hardly ever do. Whoever says no
   * User-Agent is no browser, unless it has our cookie and has to move: hardly anybody has to, so the cookies of those are looked
   * for in `Binding.headText`, which the caller fills in, when they do.
   */
  #prepareHints({ head, key }: AffinityRequest, binding: Binding): void {
    if (binding.bound !== undefined) {
      binding.hints = this.#movers;
      binding.browser = key;
      return;
    }
    const agent = this.#newcomers && agentOf(head);
    if (agent === undefined) return;
    binding.hints = this.#newcomers;
    binding.browser = `${key} ${agent}${cookiesOf(head)}`;
    binding.begins = isNavigation(head);
  }
}

function createMode(options: AffinityOptions, parts: AffinityParts): AffinityMode {
  switch (options.mode) {
    case "passive":
      return new PassiveMode(options, parts);
    case "prefix":
      return new PrefixMode(options, parts);
    case "route":
      return new RouteMode(options, parts);
    case "learn":
      return new LearnMode(options, parts);
    default:
      return new OffMode();
  }
}

function isSet(out: CookieOut): boolean {
  return out === "inserted" || out === "updated" || out === "provided" || out === "rewritten";
}

/** Enough of the Cookie lines, as they came, to tell those of one browser from those of another. */
function cookiesOf({ fields, source }: RequestHead): string {
  let text = "";
  for (let row = fields.first(FIELD.cookie); row >= 0; row = fields.next(FIELD.cookie, row)) {
    const from = fields.valueStart[row] ?? 0;
    const to = fields.valueEnd[row] ?? 0;
    text += ` ${source.toString("latin1", Math.max(from, to - MOST_COOKIE_BYTES), to)}`;
  }
  return text;
}

function agentOf({ fields, source }: RequestHead): string | undefined {
  const row = fields.first(FIELD["user-agent"]);
  if (row < 0) return undefined;
  const from = fields.valueStart[row] ?? 0;
  const to = Math.min(fields.valueEnd[row] ?? 0, from + MOST_AGENT_BYTES);
  return from < to ? source.toString("latin1", from, to) : undefined;
}

/**
 * Whether a browser opens a page with this request. Then it is the first of its visitor: the parallel ones come when the
 * page is there, with the cookie. So visitors who share an address and a browser are told apart by it.
 *
 * `Sec-Fetch-Dest` says it (Fetch Metadata); where it is not sent, for want of https, `Upgrade-Insecure-Requests` does.
 */
function isNavigation({ fields, source }: RequestHead): boolean {
  const row = fields.find(source, DEST);
  if (row < 0) return fields.find(source, UPGRADE_INSECURE) >= 0;
  return equalsExactly(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0, DOCUMENT);
}
