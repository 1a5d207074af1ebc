import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import type { Backend } from "../../model/backend.ts";
import { endedSelfConnection } from "../../platform/socket-quirks.ts";
import { BODY_LIMIT_BYTES, BodySearch } from "./body-search.ts";
import type { ProbeOutcome } from "./check-result.ts";
import { authority, type CheckTarget, checkTarget, type TargetOptions } from "./check-target.ts";
import type { Probe } from "./probe.ts";
import { errorCode, probeFailure } from "./probe-failure.ts";
import { rangesText, type StatusRange, statusIn } from "./status-ranges.ts";

export interface HttpProbeOptions extends TargetOptions {
  readonly method: string;
  /** Origin form, for backends without a path of their own. */
  readonly path: string;
  /** The Host header; undefined = the address that is checked. */
  readonly host: string | undefined;
  /** Statuses that pass. */
  readonly expect: readonly StatusRange[];
  /** A passing answer must also hold this text in the first 64 KiB of its body; undefined or empty = any body. */
  readonly expectBody: string | undefined;
  /** Statuses that pass and ask for draining; they are looked at first. */
  readonly drainOn: readonly StatusRange[] | undefined;
  /** Makes the bytes to send before the request (HEALTH_PROXY_PROTOCOL); undefined = none. */
  readonly proxyHeader: (() => Uint8Array) | undefined;
}

const MAX_HEAD_BYTES = 16 * 1024;

/**
 * One HTTP/1.1 request on a connection of its own. Redirects are answers, not followed. The status decides, and the body when
 * asked for. What follows is still read, up to 64 KiB and the deadline: a backend whose answer is cut off
 * would log an error for every check.
 */
export function createHttpProbe(options: HttpProbeOptions): Probe {
  return (backend, signal) => new Promise((resolve) => new HttpCheck(options, backend, signal, resolve).start());
}

class HttpCheck {
  readonly #options: HttpProbeOptions;
  readonly #backend: Backend;
  readonly #signal: AbortSignal;
  readonly #resolve: (outcome: ProbeOutcome) => void;
  readonly #target: CheckTarget;
  readonly #socket: Socket;
  readonly #search: BodySearch;
  readonly #onAbort = (): void => this.#cutOff();
  /** Known before the answer has ended when nothing that follows can change it. */
  #verdict: ProbeOutcome | undefined;
  #stage = "waiting for the answer";

  constructor(
    options: HttpProbeOptions,
    backend: Backend,
    signal: AbortSignal,
    resolve: (outcome: ProbeOutcome) => void,
  ) {
    this.#options = options;
    this.#backend = backend;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#search = new BodySearch(options.expectBody ?? "");
    this.#target = checkTarget(backend, options);
    this.#socket = connect(this.#target);
    this.#socket.once("connect", () => {
      const refused = endedSelfConnection(this.#socket, this.#target.port);
      if (refused !== undefined) this.#broken(refused);
    });
  }

  start(): void {
    const { proxyHeader } = this.#options;
    // Both stay for their whole life: a late error must not reach the process.
    this.#socket.on("error", (error) => this.#broken(error));
    if (this.#signal.aborted) {
      this.#cutOff();
      return;
    }
    this.#signal.addEventListener("abort", this.#onAbort);
    try {
      if (proxyHeader !== undefined) this.#socket.write(proxyHeader());
      this.#ask();
    } catch (error) {
      // node:http refuses to send such a path, method or header: our configuration, not the backend.
      this.#finish({ verdict: "undecided", detail: `the request cannot be sent: ${String(error)}` });
    }
  }

  #ask(): void {
    const { method, path, host } = this.#options;
    const asked = request({
      createConnection: () => this.#socket,
      method,
      path: this.#backend.health?.path ?? path,
      setHost: false,
      maxHeaderSize: MAX_HEAD_BYTES,
      headers: {
        host: host ?? authority(this.#target),
        "user-agent": "lengket-health-check",
        accept: "*/*",
        connection: "close",
      },
    });
    asked.on("error", (error) => this.#broken(error));
    asked.on("response", (answer) => this.#read(answer));
    asked.end();
  }

  #read(answer: IncomingMessage): void {
    const status = answer.statusCode ?? 0;
    const { expect, drainOn } = this.#options;
    this.#stage = "reading the body";
    if (drainOn !== undefined && statusIn(drainOn, status)) {
      this.#verdict = { verdict: "drain", detail: `HTTP ${status}` };
    } else if (!statusIn(expect, status)) {
      this.#verdict = { verdict: "fail", detail: `HTTP ${status}, expected ${rangesText(expect)}` };
    } else if (this.#search.found) {
      this.#verdict = { verdict: "pass", detail: `HTTP ${status}` };
    }
    const end = (): void => this.#finish(this.#verdict ?? this.#textMissing(status));
    answer.on("data", (piece: Buffer) => {
      this.#search.add(piece);
      if (this.#search.found) this.#verdict ??= { verdict: "pass", detail: `HTTP ${status}` };
      if (this.#search.full) end();
    });
    answer.on("end", end);
    answer.on("error", (error) => this.#broken(error));
  }

  #textMissing(status: number): ProbeOutcome {
    const where = this.#search.full ? `the first ${BODY_LIMIT_BYTES / 1024} KiB of the body` : "the body";
    return {
      verdict: "fail",
      detail: `HTTP ${status}, but ${where} lacks ${JSON.stringify(this.#options.expectBody)}`,
    };
  }

  #broken(error: Error): void {
    this.#finish(this.#verdict ?? this.#failure(error));
  }

  #failure(error: Error): ProbeOutcome {
    const code = errorCode(error);
    if (code === "HPE_HEADER_OVERFLOW") return { verdict: "fail", detail: "the head of the answer is above 16 KiB" };
    if (code.startsWith("HPE_")) return { verdict: "fail", detail: "the answer is not HTTP" };
    // Node says so when a side that had answered nothing, or half of it, closed in good order.
    if (code === "ECONNRESET" && !("syscall" in error)) {
      return { verdict: "fail", detail: `connection closed while ${this.#stage}` };
    }
    return probeFailure(error);
  }

  #cutOff(): void {
    const stage = this.#socket.connecting ? "connecting" : this.#stage;
    this.#finish(this.#verdict ?? { verdict: "fail", detail: `${this.#signal.reason}, ${stage}` });
  }

  /** May come several times (end and error of one answer); the first one counts. */
  #finish(outcome: ProbeOutcome): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#socket.destroy();
    this.#resolve(outcome);
  }
}
