import type { Cause, EndedBy } from "../../model/connection-record.ts";
import type { RelaySocket } from "../../platform/relay-socket.ts";
import type { DataPath } from "../data-path.ts";
import type { Identity } from "../identification.ts";
import type { ClientAccount } from "./client-account.ts";
import type { HttpService } from "./service.ts";

/** What a session of requests is made of. */
export interface SessionParts {
  readonly path: DataPath;
  readonly service: HttpService;
  readonly connectionId: number;
  readonly socket: RelaySocket;
  readonly identity: Identity;
  readonly account: ClientAccount;
  /** Called once, when the socket is closed or being closed for good. */
  readonly onFinished: (endedBy: EndedBy, cause: Cause) => void;
}
