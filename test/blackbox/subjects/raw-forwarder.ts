import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { COOKIE, placesOf, type Subject, type SubjectSetup } from "./subject.ts";

const PAIR = new RegExp(`${COOKIE}=([\\w-]+)`);

/**
 * What many would write first, as a control that the cases can fail: it looks for its cookie in the first bytes of a
 * connection and passes everything on as it comes. In this process.
 */
export function rawForwarder(): Subject {
  return {
    ...{ name: "lengket", title: "raw forwarder", version: "control" },
    cookie: (backend) => `${COOKIE}=${backend}`,
    start: async (setup) => {
      const sockets = new Set<Socket>();
      const keep = (socket: Socket): void => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        socket.on("error", () => {});
      };
      const server = createServer({ allowHalfOpen: true }, (client) => forward(client, setup, keep));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return {
        port: (server.address() as AddressInfo).port,
        alive: () => true,
        stop: async () => {
          for (const socket of sockets) socket.destroy();
          server.close();
          await once(server, "close");
        },
      };
    },
  };
}

function forward(client: Socket, setup: SubjectSetup, keep: (socket: Socket) => void): void {
  keep(client);
  client.once("data", (first: Buffer) => {
    const places = placesOf(setup);
    const named = PAIR.exec(first.toString("latin1"))?.[1];
    const place = places.find(({ id }) => id === named) ?? places[0];
    if (place === undefined) return;
    const backend = connect({ host: place.host, port: place.port, allowHalfOpen: true });
    keep(backend);
    backend.write(first);
    client.pipe(backend);
    backend.pipe(client);
    client.on("close", () => backend.destroy());
    backend.on("close", () => client.destroy());
  });
}
