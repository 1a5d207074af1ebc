import { expect } from "chai";
import type { Backend } from "../../../src/model/backend.ts";
import { configure, problemsOf } from "../../support/configure.ts";

const backend = (id: string, host: string, port: number, more: Partial<Backend> = {}): Backend => ({
  id,
  host,
  port,
  weight: 1,
  backup: false,
  maxConnections: 0,
  ...more,
});

const read = (BACKENDS: string, more: Record<string, string> = {}): readonly Backend[] =>
  configure({ BACKENDS, ...more }).settings.backends;

const problems = (BACKENDS: string): readonly string[] =>
  problemsOf({ BACKENDS }).map(({ where, problem }) => `${where} ${problem}`);

describe("BACKENDS", () => {
  it("reads the example of the documentation", () => {
    expect(read("app1=10.0.0.11:3000;weight=2, app2=[2001:db8::12]:3000, spare=10.0.0.13:3000;backup")).to.deep.equal([
      backend("app1", "10.0.0.11", 3000, { weight: 2 }),
      backend("app2", "2001:db8::12", 3000),
      backend("spare", "10.0.0.13", 3000, { backup: true }),
    ]);
  });

  for (const [text, expected] of [
    ["10.0.0.1:80", backend("10.0.0.1:80", "10.0.0.1", 80)],
    ["[2001:DB8::0001]:80", backend("[2001:db8::1]:80", "2001:db8::1", 80)],
    ["[::ffff:10.0.0.1]:80", backend("10.0.0.1:80", "10.0.0.1", 80)],
    ["[fe80::1%eth0]:80", backend("[fe80::1%eth0]:80", "fe80::1%eth0", 80)],
    ["App.Example.COM:80", backend("app.example.com:80", "app.example.com", 80)],
    ["a_b=x:1;weight=0;max=5", backend("a_b", "x", 1, { weight: 0, maxConnections: 5 })],
    ["café=x:1", backend("café", "x", 1)],
    ["a=x:1;health=/ok?x=1", backend("a", "x", 1, { health: { path: "/ok?x=1" } })],
    ["a=x:1;health=10.0.0.9:81", backend("a", "x", 1, { health: { host: "10.0.0.9", port: 81 } })],
    ["a=x:1;health=:81", backend("a", "x", 1, { health: { port: 81 } })],
    ["a=x:1;health=[::1]:81/ok", backend("a", "x", 1, { health: { host: "::1", port: 81, path: "/ok" } })],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(read(text, { HEALTH: "http" })).to.deep.equal([expected]);
    });
  }

  it("separates by commas, blanks or new lines, and allows blanks around ; and =", () => {
    expect(read("a=x:1\nb = y:2 ; backup,, c=z:3").map(({ id, backup }) => [id, backup])).to.deep.equal([
      ["a", false],
      ["b", true],
      ["c", false],
    ]);
  });

  it("knows the ports of http and https, and says that it ends and begins no TLS", () => {
    const asked = (BACKENDS: string) => problemsOf({ BACKENDS }).map(({ problem, hint }) => [problem, hint]);
    expect(asked("a=http://shop.example/x")).to.deep.equal([["http:// is not wanted here", "write a=shop.example:80"]]);
    expect(asked("https://shop.example")).to.deep.equal([
      ["https:// is not wanted here: no TLS is spoken, in tcp mode it passes through", "write shop.example:443"],
    ]);
    expect(problemsOf({ LISTEN: "https://:8443" })[0]).to.include({
      problem: "https:// is not wanted here: no TLS is spoken, in tcp mode it passes through",
      hint: "write :8443",
    });
    expect(asked("tcp://x")).to.deep.equal([["tcp:// is not wanted here", "write x:3000"]]);
  });

  it("says how the URL of a check is written", () => {
    const hint = (health: string) => problemsOf({ BACKENDS: `a=x:1;health=${health}` }).map((problem) => problem.hint);
    expect(hint("http://y/ok")).to.deep.equal(["write e.g. health=y:3000/ok"]);
    expect(hint("http://y:81/ok:1")).to.deep.equal(["write e.g. health=y:81/ok:1"]);
    expect(hint("https://[::1]:81")).to.deep.equal(["write e.g. health=[::1]:81"]);
  });

  it("says of a unix socket that a backend has a port", () => {
    const [problem, ...others] = problemsOf({ BACKENDS: "a=unix:/run/php.sock" });
    expect(others).to.deep.equal([]);
    expect(problem).to.include({
      where: "LENGKET_BACKENDS[0]",
      problem: "a unix socket cannot be a backend",
      hint: "let the server listen on a port and write e.g. a=127.0.0.1:3000",
    });
    // A host may be called so.
    expect(read("a=unix:80").map(({ host }) => host)).to.deep.equal(["unix"]);
  });

  it("gives backends without max= the default ceiling, also against a max=0", () => {
    const found = read("a=x:1,b=x:2;max=0,c=x:3;max=7", { BACKEND_MAX_CONNECTIONS: "9" });
    expect(found.map(({ maxConnections }) => maxConnections)).to.deep.equal([9, 0, 7]);
  });

  for (const [text, problem] of [
    ["app3=10.0.0.13", "[0] port missing"],
    ["app3=", "[0] host missing"],
    ["=10.0.0.1:1", "[0] an id is 1 to 128 letters, digits or . _ : - @ /"],
    ["a'b=x:1", "[0] an id is 1 to 128 letters, digits or . _ : - @ /"],
    [`${"a".repeat(129)}=x:1`, "[0] an id is 1 to 128 letters, digits or . _ : - @ /"],
    ["x:0", "[0] the port is not 1 to 65535"],
    ["x:http", "[0] the port is not 1 to 65535"],
    ["10.0.0:1", "[0] not an IP address and not a host name"],
    ["010.0.0.1:1", "[0] not an IP address and not a host name"],
    ["0x7f.1:1", "[0] not an IP address and not a host name"],
    ["-a:1", "[0] not an IP address and not a host name"],
    ["http://x:1", "[0] http:// is not wanted here"],
    ["2001:db8::1", "[0] an IPv6 address with a port needs brackets"],
    ["[::1]", "[0] port missing"],
    ["[::1]x:1", "[0] not host:port"],
    ["x:1;weight=257", "[0] weight is not a whole number from 0 to 256"],
    ["x:1;weight", "[0] weight is not a whole number from 0 to 256"],
    ["x:1;weight=1.5", "[0] weight is not a whole number from 0 to 256"],
    ["x:1;weight=1;weight=2", "[0] weight is given twice"],
    ["x:1;backup=true", "[0] backup takes no value"],
    ["x:1;max=-1", "[0] max is not a whole number from 0 to 10000000"],
    ["x:1;health=", "[0] health= is empty"],
    ["x:1;health=y", "[0] port missing"],
    ["x:1;health=http://y/ok", "[0] http:// is not wanted here"],
    ["x:1;down", '[0] unknown option "down": only weight, backup, max, health are allowed'],
    ["x:1 weight=2", "[1] an option stands behind its backend and a ;"],
    ["x:1 max_fails=3", "[1] an option stands behind its backend and a ;"],
    ["x:1, backup", "[1] an option stands behind its backend and a ;"],
    ["x:1 health=/ready", "[1] an option stands behind its backend and a ;"],
    ["x:1;", '[0] unknown option "": only weight, backup, max, health are allowed'],
    ["a=x:1,a=y:1", '[1] the id "a" is already used by [0]'],
    ["x:1,X:1", '[1] the id "x:1" is already used by [0]'],
  ] as const) {
    it(`refuses ${text.slice(0, 40)}`, () => {
      expect(problems(text)).to.deep.equal([`LENGKET_BACKENDS${problem}`]);
    });
  }

  it("reports every mistake of one element and of all elements", () => {
    expect(problems("a=x;weight=x;bakcup, a=y:1, a=y:2")).to.deep.equal([
      "LENGKET_BACKENDS[0] port missing",
      "LENGKET_BACKENDS[0] weight is not a whole number from 0 to 256",
      'LENGKET_BACKENDS[0] unknown option "bakcup": only weight, backup, max, health are allowed',
      'LENGKET_BACKENDS[2] the id "a" is already used by [1]',
    ]);
  });

  it("is required, unless there is a file", () => {
    expect(problemsOf({ BACKENDS: " " })).to.have.lengthOf(1);
    expect(problemsOf({ BACKENDS: " " })[0]?.problem).to.equal("required: there is no backend");
  });
});

describe("BACKENDS as JSON", () => {
  it("means the same as the text form", () => {
    const json = [
      { id: "a", host: "10.0.0.1", port: 1, weight: 2, backup: true, max: 3, health: ":81/ok" },
      { host: "2001:db8::1", port: 2 },
    ];
    expect(read(JSON.stringify(json), { HEALTH: "http" })).to.deep.equal(
      read("a=10.0.0.1:1;weight=2;backup;max=3;health=:81/ok, [2001:db8::1]:2", { HEALTH: "http" }),
    );
  });

  for (const [json, problem] of [
    ["[{]", /^LENGKET_BACKENDS not valid JSON/],
    ['[{"port":1}]', /^LENGKET_BACKENDS\[0\] host is missing or not a string$/],
    ['[{"host":"x","port":"1"}]', /\[0\] port is not a whole number from 1 to 65535$/],
    ['[{"host":"x","port":1.5}]', /\[0\] port is not a whole number/],
    ['[{"host":"x","port":1,"weigth":2}]', /\[0\] unknown key "weigth" \(did you mean "weight"\?\)/],
    ['[{"host":"x","port":1},7]', /\[1\] not an object$/],
    ['[{"host":"http://x","port":1}]', /\[0\] not/],
    ['[{"id":"a","host":"x","port":1},{"id":"a","host":"y","port":1}]', /\[1\] the id "a" is already used by \[0\]$/],
  ] as const) {
    it(`refuses ${json}`, () => {
      expect(problems(json)).to.have.lengthOf(1);
      expect(problems(json)[0]).to.match(problem);
    });
  }
});

describe("BACKENDS_FILE", () => {
  const file = (content: string) => ({ readFile: () => content });
  const only = { BACKENDS: "", BACKENDS_FILE: "backends.txt" };

  it("reads one backend a line, with comments, and after those of BACKENDS", () => {
    const content = "# ours\r\n\r\na=x:1;weight=2  # the big one\n  b=y:2;backup\n";
    const { settings } = configure({ ...only, BACKENDS: "z=z:9" }, file(content));
    expect(settings.backends.map(({ id, weight, backup }) => [id, weight, backup])).to.deep.equal([
      ["z", 1, false],
      ["a", 2, false],
      ["b", 1, true],
    ]);
  });

  it("reads JSON", () => {
    expect(configure(only, file('\n[ {"id":"a","host":"x","port":1} ]\n')).settings.backends[0]?.id).to.equal("a");
  });

  it("names file and line of a mistake, together with those of BACKENDS", () => {
    const found = problemsOf({ ...only, BACKENDS: "y" }, file("a=x:1\n\nb=x\n"));
    expect(found.map(({ where, value }) => [where, value])).to.deep.equal([
      ["LENGKET_BACKENDS[0]", "y"],
      ["backends.txt:3", "b=x"],
    ]);
  });

  it("refuses an id of BACKENDS", () => {
    const [problem] = problemsOf({ ...only, BACKENDS: "a=x:1" }, file("#\na=y:1"));
    expect(problem).to.deep.include({
      where: "backends.txt:2",
      problem: 'the id "a" is already used by LENGKET_BACKENDS[0]',
    });
  });

  it("refuses a file without backends, so that a truncated file never empties the cluster", () => {
    expect(problemsOf(only, file("# none\n"))[0]).to.include({
      problem: "the file names no backend",
      value: "backends.txt",
    });
  });

  it("says why a file cannot be read, and does not ask for backends as well", () => {
    expect(problemsOf(only).map(({ where, problem }) => [where, problem])).to.deep.equal([
      ["LENGKET_BACKENDS_FILE", "there is no such file"],
    ]);
  });
});
