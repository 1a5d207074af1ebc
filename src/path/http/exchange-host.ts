import type { BodyFramer } from "../../http/body-framer.ts";
import type { Endpoint } from "../../model/client-key.ts";
import type { Cause, EndedBy, Phase } from "../../model/connection-record.ts";
import type { RelaySocket } from "../../platform/relay-socket.ts";
import type { Deadline } from "../deadline.ts";
import type { Side } from "../relay.ts";
import type { Binding } from "./affinity.ts";
import type { ClientInput } from "./client-input.ts";
import type { Exchange } from "./exchange.ts";
import type { Flow } from "./flow.ts";
import type { OwnUpstreams } from "./own-upstreams.ts";
import type { Patience } from "./patience.ts";

/** How the client connection goes on behind an exchange; `gone`: a tunnel has ended its socket. */
export type Afterwards = "keep" | "close" | "reset" | "gone";

/** How a request ended. */
export interface ExchangeEnd {
  readonly endedBy: EndedBy;
  readonly phase: Phase;
  readonly cause: Cause;
  /** Whom a timeout was waiting for. */
  readonly waitingFor: Side;
}

/** How most requests end. */
export const FINISHED: ExchangeEnd = { endedBy: "client", cause: "finished", phase: "relay", waitingFor: "client" };

/** What was found out about a request before a backend is sought. */
export interface Asked {
  readonly client: Endpoint;
  readonly key: string;
  readonly https: boolean;
  readonly binding: Binding;
  /** Monotonic, when its head was complete. */
  readonly askedAtMs: number;
  /** It logs in the connection that it comes on, by NTLM for instance. */
  readonly logsIn: boolean;
  /** ALLOW or DENY speak against a client that a trusted hop told of. */
  readonly isForbidden: boolean;
}

/** The client connection, as an exchange sees it. */
export interface ExchangeHost {
  readonly connectionId: number;
  readonly socket: RelaySocket;
  /** Where the client connected to, for a PROXY header to the backend. */
  readonly destination: Endpoint;
  readonly hasClientEnded: boolean;
  /** No request is to follow on this connection. */
  readonly isLeaving: boolean;
  /** The answer's direction: one for all exchanges of the connection. */
  readonly answerFlow: Flow;
  readonly answerFramer: BodyFramer;
  readonly deadline: Deadline;
  readonly patience: Patience;
  readonly ownUpstreams: OwnUpstreams;
  /** May hold bytes of the client behind the request, that came early. */
  readonly input: ClientInput;
  /** A backend is there: bytes that had to wait can be pushed. Also called when there are none. */
  onExchangeReady(): void;
  /** The backend has taken what it was sent: read on. */
  resumeClient(): void;
  /** `readInto`: a flow whose buffer the client's socket still reads into; to be disposed of when that is closed. */
  onExchangeOver(exchange: Exchange, then: Afterwards, end: ExchangeEnd, readInto: Flow | undefined): void;
}
