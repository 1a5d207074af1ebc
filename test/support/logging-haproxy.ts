import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";

/** A real HAProxy that logs to its standard output. Whoever started it kills it. */
export interface LoggingHaproxy {
  readonly port: number;
  readonly lines: Interface;
  kill(): void;
}

/** Starts HAProxy on a listening socket that it inherits as descriptor 3 (`bind fd@3`), so that no port has to be guessed. */
export async function startLoggingHaproxy(
  program: string,
  path: string,
  configuration: string,
): Promise<LoggingHaproxy> {
  const inherited = createServer();
  const port = await listening(inherited);
  const { fd } = (inherited as unknown as { readonly _handle: { readonly fd: number } })._handle;
  writeFileSync(path, configuration);
  const child = spawn(program, ["-db", "-f", path], { stdio: ["ignore", "pipe", "ignore", fd] });
  inherited.close();
  if (child.stdout === null) throw new Error("no standard output");
  return { port, lines: createInterface({ input: child.stdout }), kill: () => child.kill("SIGKILL") };
}

/** Lets `server` listen on a free port of 127.0.0.1. Resolves to the port. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/**
 * Connects to it and lets `act` do the client's part.
 * @returns the last of `count` lines that it logs of that client, and the client's port, when both have ended
 */
export async function loggedVisit(
  { port, lines }: LoggingHaproxy,
  act: (socket: Socket) => void,
  count = 1,
): Promise<readonly [line: string, clientPort: number]> {
  const logged = new Promise<string>((resolve) => {
    let left = count;
    const onLine = (line: string): void => {
      if (--left > 0) return;
      lines.off("line", onLine);
      resolve(line);
    };
    lines.on("line", onLine);
  });
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => undefined).resume();
  await once(socket, "connect");
  const clientPort = socket.localPort ?? 0;
  act(socket);
  const line = await logged;
  // Until HAProxy has closed it, it would count among the connections of the next one.
  if (!socket.destroyed) {
    const closed = once(socket, "close");
    socket.end();
    await closed;
  }
  return [line, clientPort];
}
