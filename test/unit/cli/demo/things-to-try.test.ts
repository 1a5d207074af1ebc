import { expect } from "chai";
import {
  canBind,
  commandName,
  neighbours,
  type Surroundings,
  thingsToTry,
} from "../../../../src/cli/demo/things-to-try.ts";
import { readConfiguration } from "../../../../src/config/read-configuration.ts";

const BACKENDS = "a=127.0.0.1:4001,b=127.0.0.1:4002,c=127.0.0.1:4003";

const HERE: Surroundings = {
  url: "http://127.0.0.1:4004/",
  port: 4000,
  backends: BACKENDS,
  command: "lengket",
  you: { address: "127.0.0.1", server: "b" },
  other: { address: "127.0.0.7", server: "c" },
  canBind: true,
};

function commands(surroundings: Surroundings): readonly string[] {
  return thingsToTry(surroundings).flatMap((thing) => thing.commands);
}

describe("things to try", () => {
  it("have the real port, addresses, servers and backends in them", () => {
    expect(commands(HERE)).to.deep.equal([
      "http://127.0.0.1:4004/",
      "curl -X POST 'http://127.0.0.1:4000/cart/add?item=tea'",
      "curl http://127.0.0.1:4000/cart",
      "curl --interface 127.0.0.7 http://127.0.0.1:4000/cart",
      "lengket route 127.0.0.7 \\",
      `  --backends ${BACKENDS}`,
    ]);
    const said = thingsToTry(HERE).map(({ text }) => text);
    expect(said[1]).to.include("127.0.0.1").and.include("your server is b");
    expect(said[2]).to.equal("127.0.0.7 is somebody else, on c:");
  });

  it("use a PROXY header where the other's address cannot be bound", () => {
    const there = { ...HERE, canBind: false };
    expect(commands(there)).to.include("curl --haproxy-clientip 127.0.0.7 http://127.0.0.1:4000/cart");
    expect(commands(there).join()).not.to.include("--interface");
    expect(thingsToTry(there)[2]?.text).to.include("curl 8.2");
  });

  it("fit into 80 columns with the longest ports and the usual script", () => {
    const wide = {
      ...HERE,
      port: 65_535,
      backends: "a=127.0.0.1:65535,b=127.0.0.1:65534,c=127.0.0.1:65533",
      command: "node dist/main.js",
      other: { address: "127.0.0.254", server: "c" },
    };
    for (const command of commands(wide)) expect(command.length, command).to.be.at.most(77);
  });

  it("know where you are, and find a neighbour who is elsewhere", () => {
    const { settings } = readConfiguration({ flags: { BACKENDS }, env: {}, readFile: () => "" });
    const { you, other } = neighbours(settings);
    expect(you.address).to.equal("127.0.0.1");
    expect(other.address).to.match(/^127\.0\.0\.\d+$/);
    expect(["a", "b", "c"]).to.include.members([you.server, other.server]);
    expect(other.server).not.to.equal(you.server);
  });

  it("end the search when all neighbours have the same server", () => {
    const { settings } = readConfiguration({ flags: { BACKENDS: "a=127.0.0.1:4001" }, env: {}, readFile: () => "" });
    expect(neighbours(settings).other).to.deep.equal({ address: "127.0.0.254", server: "a" });
  });

  it("try whether an address is this machine's", async () => {
    expect(await canBind("127.0.0.1")).to.equal(true);
    // Reserved for documentation (RFC 5737): nobody has it.
    expect(await canBind("203.0.113.1")).to.equal(false);
  });
});

describe("the command's name", () => {
  it("is the script for node, relative while that is short", () => {
    expect(commandName("/home/me/lengket/dist/main.js", "/home/me/lengket", {})).to.equal("node dist/main.js");
    expect(commandName("/opt/lengket/dist/main.js", "/home/me", {})).to.equal("node /opt/lengket/dist/main.js");
  });

  it("is the name of an installed program, and npx when that ran it", () => {
    expect(commandName("/usr/local/bin/lengket", "/home/me", {})).to.equal("lengket");
    expect(commandName("/tmp/x/.bin/lengket", "/home/me", { npm_command: "exec" })).to.equal("npx lengket");
  });
});
