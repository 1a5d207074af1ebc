import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { decodeProxyHeader } from "../../src/proxy-protocol/decode.ts";
import { balancerOf, type RunningBalancer } from "../support/balancer-of.ts";
import { closeAfterEach } from "../support/close-after-each.ts";
import { launch } from "../support/launch.ts";
import { nginxConfig, nginxStreamModule, startHaproxy, startNginx } from "../support/peers.ts";
import { requireProgram } from "../support/require-program.ts";
import { settingOf, startBackends, TestBackend } from "../support/test-backend.ts";
import { loopback, TestClient, visit } from "../support/test-client.ts";

describe("PROXY protocol with real peers in front", () => {
  const later = closeAfterEach();

  /** A balancer with a listener for the peer, which reads headers, and a direct one. */
  async function start(host: string): Promise<RunningBalancer> {
    const backends = await startBackends(5);
    for (const backend of backends) later(() => backend.kill());
    const at = host.includes(":") ? `[${host}]` : host;
    const lengket = await balancerOf({
      BACKENDS: settingOf(backends),
      LISTEN: `${at}:0;name=direct, ${at}:0;name=behind;proxy=required`,
      PROXY_PROTOCOL_TRUSTED: "loopback",
    });
    later(() => lengket.balancer.close());
    return lengket;
  }

  for (const [peer, startPeer, version] of [
    ["haproxy", startHaproxy, "v1"],
    ["haproxy", startHaproxy, "v2"],
    ["nginx", startNginx, "v1"],
  ] as const) {
    it(`${peer} says ${version}: the same client, the same backend as without it`, async function () {
      const program = requireProgram(this, peer);
      const lengket = await start("127.0.0.1");
      const [direct = 0, behind = 0] = lengket.balancer.ports;
      const backends = [{ host: "127.0.0.1", port: behind }];
      const launched = await startPeer({ program, backends, sendsProxyHeader: version });
      later(() => launched.stop());
      const met = new Set<string>();
      for (let i = 0; i < 40; i++) {
        const localAddress = loopback(i);
        const client = await TestClient.open({ host: launched.host, port: launched.port, localAddress });
        later(() => client.close());
        const { localPort } = client.socket;
        const name = await client.line();
        client.write("hello\n");
        expect(await client.line()).to.equal("hello");
        client.end();
        expect(await visit({ host: "127.0.0.1", port: direct, localAddress })).to.equal(name);
        met.add(name);
        const record = await lengket.records.first(
          `a record of ${localAddress} behind ${peer}`,
          (r) => r.listener === "behind" && r.client.address === localAddress,
        );
        expect(record.client.port).to.equal(localPort);
        expect(record.via?.address).to.equal("127.0.0.1");
      }
      expect(met.size).to.equal(5);
    });
  }

  it("haproxy says v2 of an IPv6 client", async function () {
    const program = requireProgram(this, "haproxy");
    const lengket = await start("::1");
    const [, behind = 0] = lengket.balancer.ports;
    const launched = await startHaproxy({
      ...{ program, host: "::1", sendsProxyHeader: "v2" },
      backends: [{ host: "::1", port: behind }],
    });
    later(() => launched.stop());
    const client = await TestClient.open({ host: "::1", port: launched.port });
    later(() => client.close());
    const { localPort } = client.socket;
    await client.line();
    client.end();
    const record = await lengket.records.first("a record with a port", (r) => r.client.port === localPort);
    expect(record.client.address).to.equal("::1");
    expect(record.key).to.equal("::/64");
  });
});

describe("PROXY protocol with real peers behind", () => {
  const later = closeAfterEach();

  for (const version of ["v1", "v2"] as const) {
    it(`haproxy takes our ${version} header and knows the client`, async function () {
      const program = requireProgram(this, "haproxy");
      // HAProxy passes on what it has understood, in a header of its own.
      const backend = await TestBackend.start("app", (socket: Socket) => {
        socket.once("data", (chunk) => {
          const decoded = decodeProxyHeader(chunk);
          const source = decoded.kind === "header" ? decoded.header.source : undefined;
          socket.end(`${source?.address} ${source?.port}\n`);
        });
      });
      later(() => backend.kill());
      const backends = [{ host: "127.0.0.1", port: backend.port }];
      const options = { program, backends, acceptsProxyHeader: true, sendsProxyHeader: "v1" } as const;
      const launched = await startHaproxy(options);
      later(() => launched.stop());
      await expectKnown(launched.port, version);
    });

    it(`nginx takes our ${version} header and knows the client`, async function () {
      const program = requireProgram(this, "nginx");
      const { stdout, stderr } = spawnSync(program, ["-V"], { encoding: "utf8" });
      const launched = await launch("127.0.0.1", (port, folder) => {
        const file = join(folder, "nginx.conf");
        const options = { program, backends: [{ host: "127.0.0.1", port: 1 }], acceptsProxyHeader: true };
        const config = nginxConfig(options, port, folder, nginxStreamModule(`${stdout}${stderr}`) ?? "");
        // It answers by itself.
        const answer = 'return "$proxy_protocol_addr $proxy_protocol_port\\n";';
        writeFileSync(file, config.replace("proxy_pass backends;", answer));
        return { command: program, args: ["-e", "stderr", "-p", folder, "-c", file] };
      });
      later(() => launched.stop());
      await expectKnown(launched.port, version);
    });
  }

  /** Whoever listens at `port` answers with the address and port of the client, as it understood the header. */
  async function expectKnown(port: number, version: string): Promise<void> {
    const lengket = await balancerOf({ BACKENDS: `peer=127.0.0.1:${port}`, PROXY_PROTOCOL_OUT: version });
    later(() => lengket.balancer.close());
    for (let i = 0; i < 5; i++) {
      const client = await TestClient.open(lengket.at(loopback(i)));
      later(() => client.close());
      expect(await client.line()).to.equal(`${loopback(i)} ${client.socket.localPort}`);
    }
  }
});
