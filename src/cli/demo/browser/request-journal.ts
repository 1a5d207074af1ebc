import type { RequestRecord } from "../../../model/request-record.ts";
import type { ServedVisit } from "../shop.ts";

/** A request: what the shop saw of it, and what Lengket says about it. */
export interface JournalEntry {
  /** Counting from 1. */
  readonly number: number;
  /** Undefined when no server saw it. */
  readonly visitor: string | undefined;
  readonly what: string;
  /** Who answered; undefined when no server did. */
  readonly server: string | undefined;
  /** Why there, as the access log has it; what went wrong when it was not served. */
  readonly reason: string;
  /** The same in a few words. */
  readonly meaning: string;
}

const MOST_ENTRIES = 500;
/** Seen by a server, not recorded yet. */
const MOST_PENDING = 200;

/** The last requests, newest first. */
export class RequestJournal {
  #entries: readonly JournalEntry[] = [];
  #pending: readonly ServedVisit[] = [];
  #count = 0;

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** A server is about to answer. */
  served(visit: ServedVisit): void {
    this.#pending = [...this.#pending, visit].slice(-MOST_PENDING);
  }

  /** Lengket has recorded a request. */
  recorded(record: RequestRecord): void {
    const visit = this.#pending.find(
      ({ server, method, target }) => server === record.backend && method === record.method && target === record.target,
    );
    this.#pending = this.#pending.filter((pending) => pending !== visit);
    const entry: JournalEntry = {
      number: ++this.#count,
      visitor: visit?.visitor,
      what: whatOf(record.method, record.target),
      server: visit?.server,
      ...explain(record, visit !== undefined),
    };
    this.#entries = [entry, ...this.#entries].slice(0, MOST_ENTRIES);
  }
}

/** `add tea`, say; as it came when it is none of what the page does. */
function whatOf(method: string, target: string): string {
  const [path, query] = target.split("?", 2);
  const item = new URLSearchParams(query).get("item");
  if (method === "GET" && path === "/") return "open page";
  if (method === "GET" && path === "/cart") return "look";
  if (method === "POST" && item !== null && path === "/cart/add") return `add ${item}`;
  if (method === "POST" && item !== null && path === "/cart/remove") return `remove ${item}`;
  return `${method} ${path}`;
}

function explain(
  { reason, cookieIn, status, cause }: RequestRecord,
  isServed: boolean,
): { readonly reason: string; readonly meaning: string } {
  if (!isServed || reason === undefined) return { reason: cause, meaning: `not served (${status})` };
  switch (reason) {
    case "sticky":
      return { reason, meaning: "its cookie names the server" };
    case "new-session":
      return { reason, meaning: cookieIn === "none" ? "no cookie yet" : `its cookie is ${cookieIn}` };
    case "failover":
      return { reason, meaning: "the server of its cookie is down" };
    default:
      return { reason, meaning: "" };
  }
}
