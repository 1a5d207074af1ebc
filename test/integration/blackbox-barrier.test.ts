import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { Barrier } from "../blackbox/barrier.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { launch } from "../support/launch.ts";

/** Tells every client how many bytes each of its reads had, when it has ended. */
const READER = (port: number): string => `
  require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
    const reads = [];
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      if (bytes.includes("barrier")) socket.write("HTTP/1.1 200 OK\\r\\n\\r\\nok\\n");
      reads.push(bytes.length);
    });
    socket.on("end", () => socket.end(reads.join()));
  }).listen(${port}, "127.0.0.1");`;

describe("black-box barrier", () => {
  const later = closeAfterEach();

  it("keeps two pieces two reads, for many connections at once", async () => {
    const reader = await launch("127.0.0.1", (port) => ({ command: process.execPath, args: ["-e", READER(port)] }));
    later(() => reader.stop());
    const barrier = new Barrier(reader.port, "barrier\n", () => {});
    later(() => barrier.close());
    const one = async (): Promise<string> => {
      const socket = connect({ host: "127.0.0.1", port: reader.port, allowHalfOpen: true, noDelay: true });
      let text = "";
      socket.on("data", (bytes) => {
        text += bytes.toString();
      });
      await once(socket, "connect");
      socket.write("four");
      await barrier.passed();
      socket.end("seventeen");
      await once(socket, "end");
      socket.destroy();
      return text;
    };
    const reads = await Promise.all(Array.from({ length: 300 }, one));
    expect(reads.filter((text) => text !== "4,9")).to.deep.equal([]);
  });

  it("lets everybody go on when there is nobody to answer", async () => {
    const reader = await launch("127.0.0.1", (port) => ({ command: process.execPath, args: ["-e", READER(port)] }));
    const { port } = reader;
    await reader.stop();
    const barrier = new Barrier(port, "barrier\n", () => {});
    later(() => barrier.close());
    await barrier.passed();
  });
});
