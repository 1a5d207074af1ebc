import { connect } from "node:net";
import { valuesOf } from "../blackbox/observe/message-reader.ts";
import { responseReader, statusOf } from "../blackbox/observe/response-reader.ts";
import { numberIn } from "./fuzz-backend.ts";

/** How long a connection may take that has sent all it will ever send. */
const PATIENCE_MS = 15_000;

/** What came back on one connection. */
export interface Received {
  /** Numbers of the requests that were answered, in order; 0 = an answer without a number. */
  readonly serials: readonly number[];
  /** The last answer is an error. */
  readonly refused: boolean;
  /** Why what came cannot be read on. */
  readonly unreadable: string | undefined;
  /** It did not end in time. */
  readonly hung: boolean;
  readonly text: string;
}

/** Sends `pieces`, then a FIN, and reads until the other side ends too. `methods` are those of the requests, in order. */
export function exchange(port: number, pieces: readonly string[], methods: readonly string[]): Promise<Received> {
  const reader = responseReader(methods);
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
  let text = "";
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(true), PATIENCE_MS);
    const finish = (hung: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      reader.end();
      const finals = reader.messages.filter(({ startLine }) => statusOf(startLine) >= 200);
      const last = finals.at(-1);
      const refused = last !== undefined && statusOf(last.startLine) >= 400;
      const serials = finals.map(({ fields }) => numberIn(valuesOf(fields, "x-serial")[0] ?? ""));
      resolve({ serials, refused, unreadable: reader.fault, hung, text });
    };
    socket.on("connect", () => {
      for (const piece of pieces) socket.write(piece, "latin1");
      socket.end();
    });
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      reader.feed(bytes);
    });
    socket.on("end", () => finish(false));
    socket.on("error", () => {});
    socket.on("close", () => finish(false));
  });
}
