import type { CannedKind } from "../../http/canned-responses.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { ScanOutcome } from "../../http/scan-outcome.ts";
import type { Cause } from "../../model/connection-record.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeEnd, ExchangeHost } from "./exchange-host.ts";
import { HeadIntake } from "./head-intake.ts";
import type { SessionParts } from "./session-parts.ts";
import { Visitor } from "./visitor.ts";

/** Where the requests of one client connection begin: reads heads, finds out who asks, and opens an exchange for each. */
export class Reception {
  readonly intake: HeadIntake;
  readonly #parts: SessionParts;
  readonly #host: ExchangeHost;
  readonly #visitor: Visitor;
  readonly #onOpened: (exchange: Exchange) => void;

  /** @param onOpened owns the exchange, and begins it */
  constructor(parts: SessionParts, host: ExchangeHost, onOpened: (exchange: Exchange) => void) {
    const { path, service, identity } = parts;
    this.#parts = parts;
    this.#host = host;
    this.#visitor = new Visitor(path, service, identity, () => host.destination);
    this.#onOpened = onOpened;
    this.intake = new HeadIntake(service.readers, path.clock);
  }

  /** Takes the next bytes of a head; see {@link HeadIntake.read}. */
  read(buffer: Buffer, from: number, to: number): ScanOutcome {
    return this.intake.read(buffer, from, to, this.#onHead);
  }

  readonly #onHead = (head: RequestHead): void => {
    const { path, service, account } = this.#parts;
    const asked = this.#visitor.ask(head, this.intake.endMs);
    const life = account.beginRequest(this.intake, asked.client, asked.key);
    this.#onOpened(new Exchange(path, service, this.#host, head, asked, life));
  };

  /** Answers what never became a request; the connection has to end. @returns how it does */
  refuse(kind: CannedKind, cause: Cause, refusal: string | undefined): ExchangeEnd {
    const { service, socket, account } = this.#parts;
    const { closing, status } = service.canned(kind);
    const end: ExchangeEnd = { endedBy: "balancer", cause, phase: "request", waitingFor: "client" };
    socket.write(closing);
    account.unexchanged(this.intake, { status, refusal, bytesIn: 0, bytesOut: closing.length }, end);
    return end;
  }
}
