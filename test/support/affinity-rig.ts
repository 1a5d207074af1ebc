import { expect } from "chai";
import { keyHash } from "../../src/hashing/murmur3.ts";
import { HeadEdits } from "../../src/http/head-edits.ts";
import { HeadWriter } from "../../src/http/head-writer.ts";
import { DEFAULT_REQUEST_HEAD_LIMITS, DEFAULT_RESPONSE_HEAD_LIMITS } from "../../src/http/message-limits.ts";
import { RequestScanner } from "../../src/http/request-scanner.ts";
import { ResponseScanner } from "../../src/http/response-scanner.ts";
import type { BackendId } from "../../src/model/backend.ts";
import type { Choice } from "../../src/model/choice.ts";
import type { CookieIn, CookieOut } from "../../src/model/request-record.ts";
import { type ClusterSnapshot, Publisher } from "../../src/model/snapshot.ts";
import { type ChoosePolicy, type ChooseRequest, choose } from "../../src/path/choose.ts";
import { Affinity, type Binding } from "../../src/path/http/affinity.ts";
import type { AffinityOptions } from "../../src/path/http/options.ts";
import { loadOf } from "./clusters.ts";
import { latin1 } from "./http-messages.ts";
import { seededRandom } from "./seeded-random.ts";
import { SteppedClock } from "./stepped-clock.ts";

export const SECRET: Uint8Array = Buffer.alloc(32, "s");
/** A day in 2026. */
export const WALL_MS = 1_795_353_753_355;

export function affinityOptions(more: Partial<AffinityOptions> = {}): AffinityOptions {
  return {
    mode: "insert",
    cookie: {
      name: "sid",
      path: "/",
      domain: undefined,
      secure: "auto",
      httpOnly: true,
      sameSite: "lax",
      partitioned: false,
      maxAgeS: 0,
    },
    value: "id",
    idleMs: 0,
    lifeMs: 0,
    hide: true,
    noCache: true,
    preserve: false,
    invalid: "repin",
    drainCookies: true,
    newSession: "least_conn",
    newSessionHintMs: 0,
    learnFrom: [{ kind: "cookie", name: "sid" }],
    learnLookup: [{ kind: "cookie", name: "sid" }],
    learnTtlMs: 3_600_000,
    learnMax: 1000,
    routeSeparator: ".",
    hashKey: undefined,
    ...more,
  };
}

export interface AskOptions {
  readonly method?: string;
  readonly target?: string;
  /** The client's address. */
  readonly client?: string;
}

export interface Asked {
  readonly binding: Binding;
  /** The field lines that the backend gets, but for Host. */
  readonly forwarded: readonly string[];
}

export interface Answered {
  readonly out: CookieOut;
  /** The field lines that the client gets. */
  readonly lines: readonly string[];
}

export interface PlaceOptions extends Partial<ChoosePolicy> {
  readonly tried?: ReadonlySet<BackendId>;
  readonly mayQueue?: boolean;
  readonly open?: Readonly<Record<number, number>>;
}

export interface Visit extends Answered {
  readonly backend: BackendId;
  readonly received: CookieIn;
  readonly reason: string;
  readonly forwarded: readonly string[];
}

/** Affinity as the data path uses it, without sockets: heads in, heads out. */
export class AffinityRig {
  readonly clock = new SteppedClock(WALL_MS);
  readonly options: AffinityOptions;
  readonly publisher: Publisher<ClusterSnapshot>;
  readonly affinity: Affinity;
  readonly #requests = new RequestScanner(DEFAULT_REQUEST_HEAD_LIMITS);
  readonly #responses = new ResponseScanner(DEFAULT_RESPONSE_HEAD_LIMITS);
  readonly #writer = new HeadWriter();

  constructor(
    snapshot: ClusterSnapshot,
    options: Partial<AffinityOptions> = {},
    secrets: readonly Uint8Array[] = [SECRET],
    seed = 1,
  ) {
    this.options = affinityOptions(options);
    this.publisher = new Publisher(snapshot);
    this.affinity = new Affinity(this.options, secrets, {
      published: this.publisher,
      clock: this.clock,
      hashSeed: 0,
      random: seededRandom(seed),
    });
  }

  ask(lines: readonly string[], { method = "GET", target = "/", client = "203.0.113.7" }: AskOptions = {}): Asked {
    const bytes = latin1([`${method} ${target} HTTP/1.1`, "Host: shop", ...lines, "", ""].join("\r\n"));
    this.#requests.reset();
    expect(this.#requests.scan(bytes, 0, bytes.length)).to.equal("head");
    const { head } = this.#requests;
    const edits = new HeadEdits(DEFAULT_REQUEST_HEAD_LIMITS.maxFields);
    const binding = this.affinity.read({
      head,
      key: `${client}/32`,
      addressHash: keyHash(Uint8Array.from(client.split("."), Number), 0),
      edits,
      nowMs: this.clock.nowMs(),
    });
    const as = { upgrade: true, trailers: false, close: false, fallbackHost: () => "shop" };
    const sent = this.#writer.request(head, edits, as);
    binding.headText = sent;
    // Nothing may be kept of a head whose bytes are gone.
    bytes.fill(0);
    return { binding, forwarded: fieldLines(sent).filter((line) => !line.startsWith("Host:")) };
  }

  /** Chooses as the data path does. */
  place(binding: Binding, { open, tried, mayQueue = false, ...policy }: PlaceOptions = {}): Choice {
    const request: ChooseRequest = {
      keyHash: binding.keyHash,
      bound: binding.bound,
      boundMayDrain: this.options.drainCookies,
      hinted: binding.hinted,
      picker: binding.usesPicker ? this.affinity.picker : undefined,
      tried,
      mayQueue,
      nowMs: this.clock.nowMs(),
    };
    const how: ChoosePolicy = { boundedLoad: 0, onDown: "rehash", ...policy };
    const choice = choose(this.publisher.current, request, how, loadOf(open));
    if (choice.kind === "chosen") this.affinity.placed(binding, choice);
    else if (choice.kind === "refused") this.affinity.unplaced(binding);
    return choice;
  }

  answer(
    binding: Binding,
    backend: BackendId,
    lines: readonly string[] = [],
    { status = 200, https = false }: { readonly status?: number; readonly https?: boolean } = {},
  ): Answered {
    const bytes = latin1([`HTTP/1.1 ${status} X`, ...lines, "", ""].join("\r\n"));
    this.#responses.reset();
    this.#responses.asked = { head: false, connect: false, upgrade: status === 101 };
    expect(this.#responses.scan(bytes, 0, bytes.length)).to.equal("head");
    const { head } = this.#responses;
    const edits = new HeadEdits(DEFAULT_RESPONSE_HEAD_LIMITS.maxFields);
    const out = this.affinity.answer(binding, backend, https, head, edits);
    const as = { framing: "none", connection: "none", clientMinorVersion: 1 } as const;
    return { out, lines: fieldLines(this.#writer.response(head, edits, as)) };
  }

  /** One request to its end. Fails when no backend takes it. */
  visit(lines: readonly string[], options: AskOptions = {}, answerLines: readonly string[] = []): Visit {
    const { binding, forwarded } = this.ask(lines, options);
    const choice = this.place(binding);
    if (choice.kind !== "chosen") throw new Error(`not chosen but ${choice.kind}`);
    const backend = choice.member.backend.id;
    const answered = this.answer(binding, backend, answerLines);
    return { ...answered, backend, received: binding.received, reason: choice.reason, forwarded };
  }
}

function fieldLines(head: string): readonly string[] {
  return head.split("\r\n").slice(1, -2);
}

/** `sid=app1` of the Set-Cookie line among `lines`. */
export function cookieSetIn(lines: readonly string[]): string | undefined {
  const line = lines.filter((each) => /^set-cookie:/i.test(each)).at(-1);
  return line?.replace(/^set-cookie:\s*/i, "").split(";")[0];
}
