import { LRUCache } from "lru-cache";
import { CookieCursor, cookieNameBytes } from "../../http/cookie-header.ts";
import type { HeadEdits } from "../../http/head-edits.ts";
import { asciiOctets } from "../../http/octets.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import { MAX_SESSION_ID_BYTES, sessionId } from "../../http/session-id.ts";
import type { BackendId } from "../../model/backend.ts";
import type { CookieOut } from "../../model/request-record.ts";
import { findMember } from "../find-member.ts";
import type { Binding } from "./affinity-binding.ts";
import type { AffinityMode, AffinityParts, AffinityRequest } from "./affinity-mode.ts";
import { hashText } from "./hash-text.ts";
import type { AffinityOptions, FieldSource } from "./options.ts";
import { type ReadRequestFields, requestFields } from "./request-field.ts";
import { nextSetCookie } from "./response-cookie.ts";

/** Where ids are found in requests, and in the order of which answers that have given them they are looked up. */
interface Lookup {
  readonly readAll: ReadRequestFields;
  readonly spaces: readonly number[];
}

/** An id that was learned; `backend` is undefined when that has left the list. */
interface Known {
  readonly id: string;
  readonly session: string;
  readonly backend: BackendId | undefined;
}

/** Calls back with every session id that an answer gives out. */
type ReadAnswer = (head: ResponseHead, found: (id: string) => void) => void;

interface Lesson {
  readonly read: ReadAnswer;
  readonly isCookie: boolean;
}

/**
 * Remembers which backend gave out a session id (LEARN_FROM), and sends back to it who brings the id again (LEARN_LOOKUP),
 * for LEARN_TTL from his last request; of more than LEARN_MAX ids the least recently used are forgotten.
 *
 * The ids of each source of LEARN_FROM are kept apart, since `1` in one header is not `1` in another. A source that is in
 * both lists looks among its own; one that is only looked up (`query:sid`) among all, in the order of LEARN_FROM.
 *
 * Of several ids in a request the first whose backend is in the list counts: an old one in front of it, which a browser may send
 * from another path or domain, does not hide it.
 *
 * Nothing is learned from requests: whoever makes up ids cannot push others' out. An id that is not known goes where its
 * hash says, and so does one whose backend cannot be used; the backend that then answers becomes its own.
 */
export class LearnMode implements AffinityMode {
  readonly #parts: AffinityParts;
  readonly #sessions: LRUCache<string, BackendId>;
  readonly #lessons: readonly Lesson[];
  readonly #lookups: readonly Lookup[];

  constructor(options: AffinityOptions, parts: AffinityParts) {
    const { learnFrom, learnLookup, learnMax, learnTtlMs } = options;
    this.#parts = parts;
    this.#sessions = new LRUCache({
      max: learnMax,
      ttl: learnTtlMs,
      updateAgeOnGet: true,
      // A resolution other than none would set timers; a time of 0 would mean "never".
      ttlResolution: 0,
      perf: { now: () => parts.clock.nowMs() + 1 },
    });
    this.#lessons = learnFrom.map((source) => ({ read: answerField(source), isCookie: source.kind === "cookie" }));
    const all = learnFrom.map((_, space) => space);
    this.#lookups = learnLookup.map((source) => {
      const own = all.filter((space) => isSame(source, learnFrom[space]));
      return { readAll: requestFields(source), spaces: own.length > 0 ? own : all };
    });
  }

  read({ head }: AffinityRequest, binding: Binding): void {
    const { current } = this.#parts.published;
    let first: string | undefined;
    let known = undefined as Known | undefined;
    for (const { readAll, spaces } of this.#lookups) {
      readAll(head, (id) => {
        if (id.length > MAX_SESSION_ID_BYTES) return false;
        first ??= id;
        for (const space of spaces) {
          const session = nameOf(space, id);
          const backend = this.#sessions.get(session);
          if (backend === undefined) continue;
          const isListed = findMember(current, backend)?.listed === true;
          if (isListed || known === undefined) known = { id, session, backend: isListed ? backend : undefined };
          if (isListed) return true;
        }
        return false;
      });
      if (known?.backend !== undefined) break;
    }
    binding.session = known?.session;
    const id = known?.id ?? first;
    if (id !== undefined) this.#bind(binding, id, known?.backend);
  }

  answer(binding: Binding, backend: BackendId, _https: boolean, head: ResponseHead, _edits: HeadEdits): CookieOut {
    if (binding.session !== undefined && binding.bound !== backend) this.#sessions.set(binding.session, backend);
    let out: CookieOut = "none";
    for (const [space, { read, isCookie }] of this.#lessons.entries()) {
      read(head, (id) => {
        this.#sessions.set(nameOf(space, id), backend);
        if (isCookie) out = "provided";
        else binding.isTold = true;
      });
    }
    return out;
  }

  close(): void {
    this.#sessions.clear();
  }

  #bind(binding: Binding, id: string, backend: BackendId | undefined): void {
    binding.bound = backend;
    binding.received = backend === undefined ? "unknown" : "valid";
    binding.hashBy(hashText(id, this.#parts.hashSeed));
  }
}

function nameOf(space: number, id: string): string {
  return `${space} ${id}`;
}

/** Names of headers are the same in any case, those of cookies are not (RFC 6265bis, section 4.2.1). */
function isSame(a: FieldSource, b: FieldSource | undefined): boolean {
  if (b === undefined || a.kind !== b.kind) return false;
  return a.kind === "header" ? a.name.toLowerCase() === b.name.toLowerCase() : a.name === b.name;
}

/** An answer has no query: there is nothing to learn from one. */
function answerField({ kind, name }: FieldSource): ReadAnswer {
  switch (kind) {
    case "query":
      return () => {};
    case "cookie": {
      const cursor = new CookieCursor(cookieNameBytes(name));
      return (head, found) => {
        for (let row = nextSetCookie(cursor, head, -1); row >= 0; row = nextSetCookie(cursor, head, row)) {
          const id = sessionId(head.source, cursor.valueFrom, cursor.valueTo);
          if (id !== undefined) found(id);
        }
      };
    }
    case "header": {
      const bytes = asciiOctets(name.toLowerCase());
      return ({ fields, source }, found) => {
        for (let row = fields.find(source, bytes); row >= 0; row = fields.find(source, bytes, row + 1)) {
          const id = sessionId(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0);
          if (id !== undefined) found(id);
        }
      };
    }
  }
}
