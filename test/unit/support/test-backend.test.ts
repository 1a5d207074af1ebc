import { connect } from "node:net";
import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { loopUntil } from "../../support/socket-pairs.ts";
import { TestBackend } from "../../support/test-backend.ts";

describe("TestBackend", () => {
  const later = closeAfterEach();

  it("has no connection when it was killed, not even one that was just ending", async () => {
    let killed: Promise<void> | undefined;
    const backend = await TestBackend.start("app", (socket) => {
      socket.end();
      killed = backend.kill();
    });
    const client = connect({ host: "127.0.0.1", port: backend.port });
    later(() => client.destroy());
    client.on("error", () => {}).resume();
    await loopUntil(() => killed !== undefined);
    await killed;
    await loopUntil(() => backend.sockets.size === 0);
    expect(backend.sockets.size).to.equal(0);
  });
});
