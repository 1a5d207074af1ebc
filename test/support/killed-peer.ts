/**
 * A program to be killed. Arguments: `client PORT` or `backend`; then `send`, `read` or `both`. A client connects to PORT,
 * a backend listens and says on which port. Both say `busy` when the first megabyte went through.
 */
import { connect, createServer, type Socket } from "node:net";

const MEGABYTE = 1_000_000;
const chunk = Buffer.alloc(64 * 1024, "z");
const [role, ...rest] = process.argv.slice(2);
const [what, port] = rest;

function say(message: string): void {
  process.stdout.write(`${message}\n`);
}

function transfer(socket: Socket): void {
  let bytes = 0;
  const count = (more: number): void => {
    const before = bytes;
    bytes += more;
    if (before < MEGABYTE && bytes >= MEGABYTE) say("busy");
  };
  socket.on("error", () => {});
  if (what !== "send") socket.on("data", (data) => count(data.length));
  if (what === "read") return;
  const send = (): void => {
    while (!socket.destroyed && socket.write(chunk)) if (what === "send") count(chunk.length);
  };
  socket.on("drain", send);
  send();
}

if (role === "client") transfer(connect({ host: "127.0.0.1", port: Number(port) }));
else {
  const server = createServer(transfer);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    say(typeof address === "object" && address !== null ? String(address.port) : "");
  });
}
