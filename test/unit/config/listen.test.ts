import { expect } from "chai";
import type { ListenAddress } from "../../../src/model/listen-address.ts";
import { configure, problemsOf } from "../../support/configure.ts";

const listen = (LISTEN: string, more: Record<string, string> = {}): readonly ListenAddress[] =>
  configure({ LISTEN, ...more }).settings.listen;

const problems = (LISTEN: string): readonly string[] =>
  problemsOf({ LISTEN }).map(({ where, problem }) => `${where} ${problem}`);

describe("LISTEN", () => {
  for (const [text, place] of [
    [":8080", { kind: "tcp", host: undefined, port: 8080 }],
    ["*:8080", { kind: "tcp", host: undefined, port: 8080 }],
    [":0", { kind: "tcp", host: undefined, port: 0 }],
    ["127.0.0.1:80", { kind: "tcp", host: "127.0.0.1", port: 80 }],
    ["[::1]:80", { kind: "tcp", host: "::1", port: 80 }],
    ["[2001:DB8::0]:80", { kind: "tcp", host: "2001:db8::", port: 80 }],
    ["LocalHost:80", { kind: "tcp", host: "localhost", port: 80 }],
    ["unix:/run/l.sock", { kind: "unix", path: "/run/l.sock" }],
    ["fd:3", { kind: "fd", fd: 3 }],
    ["systemd", { kind: "systemd" }],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(listen(text)).to.deep.equal([{ place, name: text, mode: "tcp", proxyProtocolIn: "off" }]);
    });
  }

  it("reads options, and takes from other settings what is left out", () => {
    const trusted = { TRUSTED_PROXIES: "loopback", PROXY_PROTOCOL_IN: "optional" };
    const found = listen(":1 ; name=a ; proxy=required, :2;mode=tcp;proxy=off, :3", trusted);
    expect(found.map(({ name, proxyProtocolIn }) => [name, proxyProtocolIn])).to.deep.equal([
      ["a", "required"],
      [":2", "off"],
      [":3", "optional"],
    ]);
  });

  it("takes the mode of each listener from mode=, else from MODE", () => {
    const modes = (text: string, MODE: string) =>
      configure({ LISTEN: text, MODE }).settings.listen.map(({ mode }) => mode);
    expect(modes(":1;mode=http, :2", "tcp")).to.deep.equal(["http", "tcp"]);
    expect(modes(":1;mode=tcp, :2", "http")).to.deep.equal(["tcp", "http"]);
  });

  it("uses the PORT of a platform only when nothing else is said", () => {
    const { settings, origins } = configure({}, { env: { PORT: "3000" } });
    expect(settings.listen[0]?.place).to.deep.equal({ kind: "tcp", host: undefined, port: 3000 });
    expect(origins.listen).to.deep.equal({ source: "platform PORT", text: ":3000" });
    expect(configure({ LISTEN: ":1" }, { env: { PORT: "3000" } }).origins.listen.source).to.equal("environment");
    expect(problemsOf({}, { env: { PORT: "http" } })).to.deep.equal([
      {
        where: "PORT",
        value: "http",
        problem: "the port is not 0 to 65535",
        hint: "a platform's PORT is a number; LENGKET_LISTEN is stronger, e.g. LENGKET_LISTEN=:8080",
      },
    ]);
  });

  for (const [text, problem] of [
    ["8080", "LENGKET_LISTEN[0] not an address"],
    ["localhost", "LENGKET_LISTEN[0] port missing"],
    [":65536", "LENGKET_LISTEN[0] the port is not 0 to 65535"],
    ["::1:80", "LENGKET_LISTEN[0] an IPv6 address with a port needs brackets"],
    ["[127.0.0.1]:80", "LENGKET_LISTEN[0] not an IPv6 address in brackets"],
    ["tcp://0.0.0.0:80", "LENGKET_LISTEN[0] tcp:// is not wanted here"],
    ["unix:run.sock", "LENGKET_LISTEN[0] the path of a unix socket starts with /"],
    [`unix:/${"x".repeat(107)}`, "LENGKET_LISTEN[0] the path of a unix socket is longer than 107 bytes"],
    ["fd:2", "LENGKET_LISTEN[0] not a descriptor from 3 to 65535"],
    ["systmd", "LENGKET_LISTEN[0] not an address"],
    [":1;nmae=x", 'LENGKET_LISTEN[0] unknown option "nmae": only name, mode, proxy are allowed'],
    [":1;name=a;name=b", "LENGKET_LISTEN[0] name= is given twice"],
    [":1;name=a/b", "LENGKET_LISTEN[0] a name is 1 to 64 letters, digits, dots, dashes or underscores"],
    [":1;mode=htpp", "LENGKET_LISTEN[0] not one of tcp, http"],
    [":1;proxy=yes", "LENGKET_LISTEN[0] not one of off, optional, required"],
    [":1, :1", "LENGKET_LISTEN[1] the same place as [0]"],
    ["[::1]:1 [0:0::1]:1", "LENGKET_LISTEN[1] the same place as [0]"],
    [":1, 127.0.0.1:1", "LENGKET_LISTEN[1] the same port as [0], and one includes the other"],
    ["127.0.0.1:1, 0.0.0.0:1", "LENGKET_LISTEN[1] the same port as [0], and one includes the other"],
    [":1;name=a, :2;name=a", "LENGKET_LISTEN[1] the same name as [0]"],
  ] as const) {
    it(`refuses ${text.slice(0, 40)}`, () => {
      expect(problems(text)).to.deep.equal([problem]);
    });
  }

  it("allows what only looks like a conflict", () => {
    expect(listen(":0 127.0.0.1:0")).to.have.lengthOf(2);
    expect(listen("127.0.0.1:1 127.0.0.2:1 [::1]:1")).to.have.lengthOf(3);
    expect(listen("0.0.0.0:1 [::1]:1")).to.have.lengthOf(2);
  });
});
