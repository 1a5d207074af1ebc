import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type PlacedClient, place } from "../../src/cli/place.ts";
import { route } from "../../src/cli/route.ts";
import type { RouteJson } from "../../src/cli/route-json.ts";
import { encodeProxyV2 } from "../../src/proxy-protocol/encode.ts";
import { balancerOf, type Flags, type RunningBalancer } from "../support/balancer-of.ts";
import { CapturedOutput } from "../support/captured-output.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { TestBackend } from "../support/test-backend.ts";

const ADDRESSES = 10_000;
/** `route` is asked for a sample; it costs a table for every answer. */
const ROUTED = 50;
const AT_ONCE = 100;

describe("`place` and `route` agree with the live data path", function () {
  this.timeout(60_000);
  const later = closeAfterEach();
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lengket-agree-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Half IPv4, half IPv6, the odd forms among them; the same in every run. */
  const addresses = [
    ...fc.sample(fc.ipV4(), { numRuns: ADDRESSES / 2, seed: 1 }),
    ...fc.sample(fc.ipV6(), { numRuns: ADDRESSES / 2 - 3, seed: 2 }),
    ...["::ffff:192.0.2.1", "::1", "2001:db8::192.0.2.1"],
  ];

  /** One connection with this client address and port: the balancer believes the PROXY header of a loopback hop. */
  function pretend(lengket: RunningBalancer, address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: lengket.port, localAddress: "127.0.0.2" });
      socket.on("error", reject);
      socket.on("close", () => resolve());
      const v6 = address.includes(":");
      const destination = { address: v6 ? "2001:db8::1" : "192.0.2.1", port: 80 };
      socket.write(encodeProxyV2({ address, port }, destination));
      socket.resume();
    });
  }

  for (const flags of [
    { HASH_POLICY: "ring" },
    { HASH_POLICY: "rendezvous", CLIENT_PREFIX_V4: "24", CLIENT_PREFIX_V6: "48", HASH_SEED: "9" },
  ] satisfies Flags[]) {
    it(`for ${ADDRESSES} random addresses, IPv4 and IPv6 (${flags.HASH_POLICY})`, async () => {
      const backends = await Promise.all(
        // It ends at once, so that the port is in TIME_WAIT at the backend, where there are many.
        [1, 2, 3, 4, 5].map((i) => TestBackend.start(`app${i}`, (socket: Socket) => socket.end())),
      );
      for (const backend of backends) later(() => backend.kill());
      const BACKENDS = backends.map((backend, i) => backend.setting(`weight=${1 + (i % 2)}`)).join(",");
      const settings: Flags = {
        ...{ LISTEN: "127.0.0.1:0", HEALTH: "off", BACKENDS, ...flags },
        ...{ PROXY_PROTOCOL_IN: "required", PROXY_PROTOCOL_TRUSTED: "loopback" },
      };
      const lengket = await balancerOf(settings);
      later(() => lengket.balancer.close());

      // The port tells which address it was: addresses come back in their shortest form.
      const waiting = addresses.entries();
      const one = async (): Promise<void> => {
        for (const [index, address] of waiting) await pretend(lengket, address, index);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, one));
      const live: string[] = [];
      for (const { client, backend = "none" } of await lengket.records.atLeast(ADDRESSES)) live[client.port] = backend;
      expect(new Set(live)).to.deep.equal(new Set(["app1", "app2", "app3", "app4", "app5"]));

      const clients = join(folder, "clients.txt");
      writeFileSync(clients, `${addresses.join("\n")}\n`);
      const base = { flags: settings, env: {}, down: [], json: true };
      const output = new CapturedOutput();
      expect(place({ ...base, policy: undefined, clients, stdout: output, stderr: output })).to.equal(0);
      const placed: readonly PlacedClient[] = JSON.parse(output.text);
      expect(placed).to.deep.equal(addresses.map((client, index) => ({ client, backend: live[index] })));

      for (let index = 0; index < ADDRESSES; index += ADDRESSES / ROUTED) {
        const answer = new CapturedOutput();
        const address = addresses[index] ?? "";
        expect(route({ ...base, address, port: 0, stdout: answer, stderr: answer })).to.equal(0);
        const { decision, backend }: RouteJson = JSON.parse(answer.text);
        expect([decision, backend], address).to.deep.equal(["chosen", live[index]]);
      }
    });
  }
});
