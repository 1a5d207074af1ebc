import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { closeAfterEach } from "../support/close-after-each.ts";
import { cleanEnvironment, LengketProcess, MAIN } from "../support/lengket-process.ts";
import { settingOf, startBackends } from "../support/test-backend.ts";
import { visit } from "../support/test-client.ts";

/** Takes no byte: ENOSPC (full(4)). */
const FULL = "/dev/full";

/** Ineffective in tcp mode, so that there is a warning to be lost. */
const WITH_WARNING = { COOKIE_NAME: "X" };

describe("output that cannot be written", () => {
  const later = closeAfterEach();

  function fullDevice(test: Mocha.Context): number {
    if (!existsSync(FULL)) {
      process.stdout.write(`    skipped: there is no ${FULL} here\n`);
      test.skip();
    }
    const fd = openSync(FULL, "w");
    later(() => closeSync(fd));
    return fd;
  }

  it("on stdout: says so, exit 74", async function () {
    const env = { ...cleanEnvironment(), LENGKET_BACKENDS: "a=127.0.0.1:1" };
    const child = spawn(process.execPath, [MAIN, "config"], { stdio: ["ignore", fullDevice(this), "pipe"], env });
    const ended = once(child, "close");
    if (child.stderr === null) throw new Error("no pipe");
    expect(await text(child.stderr)).to.match(/^lengket: the output is incomplete: ENOSPC\b.*\n$/);
    expect(await ended).to.deep.equal([74, null]);
  });

  it("on stderr: the balancer starts and serves all the same", async function () {
    const backends = await startBackends(1);
    for (const backend of backends) later(() => backend.kill());
    const socket = createServer();
    socket.listen(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address() as AddressInfo;
    const { fd } = (socket as unknown as { readonly _handle: { readonly fd: number } })._handle;
    // It cannot say that it listens: so it is given a socket that does already.
    const lengket = new LengketProcess(
      { LISTEN: "fd:3", BACKENDS: settingOf(backends), ...WITH_WARNING },
      { stdio: ["ignore", "pipe", fullDevice(this), fd] },
    );
    later(() => lengket.kill());
    socket.close();
    expect(await visit({ host: "127.0.0.1", port })).to.equal(backends[0]?.id);
    await lengket.access.atLeast(1);
    lengket.signal("SIGTERM");
    expect(await lengket.exited).to.deep.equal({ code: 0, signal: null });
  });
});
