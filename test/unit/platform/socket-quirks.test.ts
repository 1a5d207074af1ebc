import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect } from "chai";
import { resetConnection } from "../../../src/platform/socket-quirks.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";

describe("resetConnection", () => {
  const later = closeAfterEach();

  async function pair(): Promise<{ readonly socket: Socket; readonly peer: Socket }> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    later(() => server.close());
    const peer = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, allowHalfOpen: true });
    later(() => peer.destroy());
    const [[socket]] = (await Promise.all([once(server, "connection"), once(peer, "connect")])) as [[Socket], unknown];
    return { socket, peer: peer.resume() };
  }

  /** How the peer of a connection sees it end. */
  function endAt(peer: Socket): Promise<string> {
    return new Promise((resolve) => {
      peer.once("end", () => resolve("end"));
      peer.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    });
  }

  it("resets an open connection", async () => {
    const { socket, peer } = await pair();
    const end = endAt(peer);
    resetConnection(socket);
    await once(socket, "close");
    expect(await end).to.equal("ECONNRESET");
  });

  it("resets one whose FIN has gone", async () => {
    const { socket, peer } = await pair();
    socket.end();
    await Promise.all([once(socket, "finish"), once(peer, "end")]);
    const end = endAt(peer);
    resetConnection(socket);
    await once(socket, "close");
    // Behind a FIN alone it would be taken.
    peer.write("?");
    expect(await end).to.equal("EPIPE");
  });

  it("closes one whose FIN is on its way, which Node would never close", async () => {
    const { socket, peer } = await pair();
    const end = endAt(peer);
    socket.end();
    resetConnection(socket);
    // Rejects when there is an error.
    await once(socket, "close");
    expect(await end).to.equal("end");
  });
});
