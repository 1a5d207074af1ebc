import { crc32 } from "node:zlib";
import { expect } from "chai";
import { NginxHash } from "../../../../src/skew/peers/nginx-hash.ts";
import { NginxHashConsistent, nginxPoints } from "../../../../src/skew/peers/nginx-hash-consistent.ts";
import { NginxIpHash } from "../../../../src/skew/peers/nginx-ip-hash.ts";
import { NginxRoundRobin } from "../../../../src/skew/peers/nginx-round-robin.ts";
import { peerServer } from "../../../../src/skew/peers/peer.ts";
import {
  choices,
  ipv4Clients,
  loads,
  movedClients,
  peerClient,
  tenNet,
  textKey,
} from "../../../support/peer-clients.ts";

const clients = ipv4Clients(4_000);

describe("NginxHashConsistent, far from a point of a server that is up", () => {
  it("tries 20 more points, and takes turns behind them", () => {
    const servers = tenNet(3, (index) => ({ weight: index === 0 ? 60 : 1, down: index === 0 }));
    const points = servers
      .flatMap((server, owner) => Array.from(nginxPoints(server), (point) => ({ point, owner })))
      .sort((a, b) => a.point - b.point);
    const model = new NginxHashConsistent(servers);
    const found = { within: 0, at: 0, behind: 0 };
    for (const client of clients) {
      const hash = crc32(client.text);
      const first = Math.max(
        0,
        points.findIndex(({ point }) => point >= hash),
      );
      const ahead = [...points.slice(first), ...points].findIndex(({ owner }) => owner !== 0);
      const choice = model.place(client);
      if (ahead > 20) found.behind++;
      else {
        found[ahead === 20 ? "at" : "within"]++;
        expect(choice, client.text).to.equal(points[(first + ahead) % points.length]?.owner);
      }
    }
    for (const count of Object.values(found)) expect(count).to.be.above(20);
  });
});

describe("NginxIpHash", () => {
  it("is linear in the first three bytes of an IPv4 address", () => {
    const model = new NginxIpHash(tenNet(10));
    for (const client of clients.slice(0, 500)) {
      const [a = 0, b = 0, c = 0] = client.bytes;
      expect(model.place(client)).to.equal(((89 * 113 ** 3 + 113 ** 2 * a + 113 * b + c) % 6271) % 10);
    }
  });

  it("puts a whole /24 on one server", () => {
    const block = Array.from({ length: 256 }, (_, host) => peerClient(`198.51.100.${host}`));
    expect(new Set(choices(new NginxIpHash(tenNet(8)), block)).size).to.equal(1);
  });

  it("uses all 16 bytes of an IPv6 address", () => {
    const last = Array.from({ length: 256 }, (_, i) => peerClient(`2001:db8::${i.toString(16)}`));
    expect(new Set(choices(new NginxIpHash(tenNet(8)), last)).size).to.equal(8);
  });

  it("cannot reach servers behind a total weight of 6271", () => {
    const load = loads(new NginxIpHash(tenNet(10, () => ({ weight: 1000 }))), clients, 10);
    expect(load.slice(7)).to.deep.equal([0, 0, 0]);
    expect(load[6]).to.be.within(1, (load[0] ?? 0) / 2);
  });

  it("moves 90 % of the clients when a line is deleted, 10 % when it is marked down", () => {
    const all = tenNet(10);
    const down = tenNet(10, (index) => ({ down: index === 9 }));
    expect(movedClients(new NginxIpHash(all), new NginxIpHash(all.slice(0, 9)), clients)).to.be.within(0.88, 0.92);
    expect(movedClients(new NginxIpHash(all), new NginxIpHash(down), clients)).to.be.within(0.08, 0.12);
  });

  it("takes turns when 21 hashes led to servers that are down, and remembers whose turn it is", () => {
    // Server 0 has 6000 of 6002 parts of the hash space: hardly a hash leads elsewhere.
    const weights = [6000, 1, 1];
    const model = new NginxIpHash(tenNet(3, (index) => ({ weight: weights[index] ?? 1, down: index === 0 })));
    const found = choices(model, clients.slice(0, 100));
    expect(found).to.not.include(0);
    expect(found.slice(1).filter((choice, i) => choice !== found[i]).length).to.be.above(90);
  });

  it("does not hash for a single server, and turns everybody away when all are down", () => {
    expect(choices(new NginxIpHash(tenNet(1)), clients.slice(0, 3))).to.deep.equal([0, 0, 0]);
    for (const count of [1, 3]) {
      expect(new NginxIpHash(tenNet(count, () => ({ down: true }))).place(peerClient("192.0.2.1"))).to.equal(undefined);
    }
  });
});

describe("NginxHash", () => {
  it("uses bits 16 to 30 of the CRC-32 of the key", () => {
    // The CRC-32 of "123456789" is 0xcbf43926 (the check value of the catalogue of CRCs).
    for (const count of [2, 3, 7, 100]) {
      expect(new NginxHash(tenNet(count)).place(textKey("123456789"))).to.equal((0xcbf4 & 0x7fff) % count);
    }
  });

  it("adds the CRC of 1KEY while the server is down", () => {
    const servers = (down: number) => tenNet(7, (index) => ({ down: index === down }));
    const first = new NginxHash(servers(-1)).place(textKey("23456789")) ?? -1;
    // 1 and KEY make the text of the check value.
    const second = (first + (0xcbf4 & 0x7fff)) % 7;
    expect(second).to.not.equal(first);
    expect(new NginxHash(servers(first)).place(textKey("23456789"))).to.equal(second);
  });

  it("hashes the text of an address or its bytes", () => {
    const text = choices(new NginxHash(tenNet(10), { key: "text" }), clients);
    const bytes = choices(new NginxHash(tenNet(10), { key: "bytes" }), clients);
    expect(text.filter((choice, i) => choice !== bytes[i]).length / clients.length).to.be.within(0.87, 0.93);
    expect(choices(new NginxHash(tenNet(10)), clients)).to.deep.equal(text);
  });
});

describe("NginxHashConsistent", () => {
  const local = (...ports: readonly number[]) => ports.map((port) => peerServer(`127.0.0.1:${port}`));

  /** The first `length` servers on the way from a key, by port, found by marking down what came before. */
  function way(addresses: readonly string[], key: string): readonly string[] {
    const found: string[] = [];
    while (found.length < addresses.length) {
      const servers = addresses.map((address) => peerServer(address, { down: found.includes(address) }));
      found.push(addresses[new NginxHashConsistent(servers).place(textKey(key)) ?? -1] ?? "nobody");
    }
    return found;
  }

  // Answers of a real nginx that the tests of pingora-ketama (github.com/cloudflare/pingora) record.
  it("agrees with samples of a real nginx", () => {
    const model = new NginxHashConsistent(local(7777, 7778));
    const samples = [
      ["/some/path", 7778],
      ["/some/longer/path", 7777],
      ["/sad/zaidoon", 7778],
      ["/g", 7777],
      ["/pingora/team/is/cool/and/this/is/a/long/uri", 7778],
      ["/i/am/not/confident/in/this/code", 7777],
    ] as const;
    for (const [path, port] of samples) expect(model.place(textKey(path)), path).to.equal(port - 7777);
  });

  it("keeps a and b where they are when a server is added", () => {
    for (const count of [10, 11]) {
      const servers = Array.from({ length: count }, (_, i) => peerServer(`127.0.0.${i + 1}:6443`));
      const model = new NginxHashConsistent(servers);
      expect([model.place(textKey("a")), model.place(textKey("b"))]).to.deep.equal([9, 4]);
    }
  });

  it("walks from point to point past servers that are down", () => {
    expect(way(["127.0.0.1:7777", "127.0.0.1:7778", "127.0.0.1:7779"], "doghash")).to.deep.equal([
      "127.0.0.1:7778",
      "127.0.0.1:7779",
      "127.0.0.1:7777",
    ]);
    // Without brackets, as pingora hashes IPv6.
    expect(way(["::1:7777", "::1:7778", "::1:7779"], "doghash")).to.deep.equal(["::1:7777", "::1:7778", "::1:7779"]);
  });

  it("hashes the text of a server: a port apart from its host, a unix socket without its prefix", () => {
    const first = (address: string) => nginxPoints(peerServer(address))[0];
    expect(first("unix:/run/app.sock")).to.equal(first("/run/app.sock"));
    expect(first("app:80")).to.not.equal(first("app80"));
    expect(nginxPoints(peerServer("app:80", { weight: 3 }))).to.have.lengthOf(480);
    expect(nginxPoints(peerServer("app:80", { weight: 3 })).subarray(0, 160)).to.deep.equal(
      nginxPoints(peerServer("app:80")),
    );
  });

  it("shares the clients of one text among its servers by their weights", () => {
    const servers = [1, 3, 1].map((weight, i) => peerServer(i === 2 ? "b:1" : "a:1", { weight }));
    const model = new NginxHashConsistent(servers);
    const client = clients.find((each) => model.place(each) !== 2) ?? peerClient("192.0.2.1");
    const again = Array.from({ length: 8 }, () => model.place(client));
    expect(again.filter((choice) => choice === 0)).to.have.lengthOf(2);
    expect(again.filter((choice) => choice === 1)).to.have.lengthOf(6);
  });

  it("gives up after 21 points: then clients are spread in turns", () => {
    const weights = [255, 1, 1];
    const servers = tenNet(3, (i) => ({ weight: weights[i] ?? 1, down: i === 0 }));
    const visits = clients.slice(0, 60).map((client) => {
      const model = new NginxHashConsistent(servers);
      return [1, 2, 3, 4].map(() => model.place(client)).join("");
    });
    // A point of server 1 or 2 is among 21 with a probability of 15 %.
    expect(visits.filter((visit) => visit === "1212")).to.have.length.within(45, 57);
    expect(visits.filter((visit) => visit === "1111")).to.have.length.within(1, 10);
  });
});

describe("NginxRoundRobin", () => {
  it("is smooth", () => {
    const turns = new NginxRoundRobin(tenNet(3, (index) => ({ weight: [5, 1, 1][index] ?? 1 })));
    expect([1, 2, 3, 4, 5, 6, 7].map(() => turns.next([0, 1, 2]))).to.deep.equal([0, 0, 1, 0, 2, 0, 0]);
  });

  it("refuses what nginx refuses", () => {
    expect(() => new NginxHash(tenNet(2, () => ({ weight: 0 })))).to.throw(
      RangeError,
      "nginx hash takes weights from 1 to 2147483647, but 10.0.0.1:8080 has 0",
    );
    expect(() => new NginxIpHash(tenNet(2, (i) => ({ backup: i === 1 })))).to.throw(
      RangeError,
      "nginx ip_hash has no backup servers, but 10.0.0.2:8080 is one",
    );
  });
});
