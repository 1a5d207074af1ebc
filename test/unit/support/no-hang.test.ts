import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { closeAfterEach } from "../../support/close-after-each.ts";

const MOCHA = fileURLToPath(new URL("../../../../node_modules/mocha/bin/mocha.js", import.meta.url));
const NO_HANG = fileURLToPath(new URL("../../support/no-hang.js", import.meta.url));

/** Ends a socket and resets it before its FIN is on its way: Node forgets its handle. */
const FORGETS = `
const net = require("net");
it("forgets a socket", (done) => {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {}).on("end", () => {
      socket.end();
      socket.resetAndDestroy();
      server.close();
      peer.destroy();
      done();
    });
    socket.resume();
  });
  let peer;
  server.listen(0, "127.0.0.1", () => {
    peer = net.connect(server.address().port, "127.0.0.1", () => peer.end()).on("error", () => {});
  });
});`;

describe("no-hang", function () {
  this.timeout(60_000);
  const later = closeAfterEach();

  function run(test: string): SpawnSyncReturns<string> {
    const folder = mkdtempSync(join(tmpdir(), "lengket-unit-"));
    later(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "one.test.cjs");
    writeFileSync(file, test);
    return spawnSync(process.execPath, [MOCHA, "--no-package", "--no-config", "--require", NO_HANG, file], {
      encoding: "utf8",
      env: { ...process.env, STUCK_MS: "3000" },
      timeout: 50_000,
      killSignal: "SIGKILL",
    });
  }

  it("leaves a run alone that ends", () => {
    const { status, stderr } = run(`it("passes", () => {});`);
    expect([status, stderr]).to.deep.equal([0, ""]);
  });

  it("ends a test that never gives control back, and says where it is", () => {
    const { signal, stderr } = run(`it("spins", function spinning() { for (;;); });`);
    expect(signal).to.equal("SIGKILL");
    expect(stderr).to.match(/^The event loop stands still for 3 s.*\n {2}spinning file:.*one\.test\.cjs:1:/);
  });

  it("fails a run that a server keeps alive, and names it", () => {
    const { status, stderr } = run(`it("listens", () => { require("net").createServer().listen(0, "127.0.0.1"); });`);
    expect(status).to.equal(1);
    expect(stderr).to.match(/^The tests are done, but the process does not end\..*\n {2}\{"type":"tcp"/);
  });

  it("fails a run whose process would not end for a socket that Node has forgotten", () => {
    const { status, stderr } = run(FORGETS);
    expect(status).to.equal(1);
    expect(stderr).to.match(/^The tests have left sockets open.*\n {2}\{"type":"tcp"/);
  });
});
