import { expect } from "chai";
import { configure, problemsOf, TWO_BACKENDS } from "../../support/configure.ts";

const envFile = (text: string) => ({ envFile: { path: "prod.env", text } });

describe("sources of settings", () => {
  it("takes flag over environment over env file over default, and says which it was", () => {
    const sources = {
      flags: { IDLE_TIMEOUT: "1m" },
      ...envFile("LENGKET_IDLE_TIMEOUT=3m\nLENGKET_RETRIES=5\n\nLENGKET_QUEUE=7\n"),
    };
    const { settings, origins } = configure({ IDLE_TIMEOUT: "2m", RETRIES: "4", ON_DOWN: "wait" }, sources);
    expect(settings).to.include({ idleTimeoutMs: 60_000, retries: 4, queue: 7, connectTimeoutMs: 3000 });
    expect(origins.idleTimeoutMs).to.deep.equal({ source: "flag", text: "1m" });
    expect(origins.retries).to.deep.equal({ source: "environment", text: "4" });
    expect(origins.queue).to.deep.equal({ source: "env-file", text: "7", place: "prod.env:4" });
    expect(origins.connectTimeoutMs).to.deep.equal({ source: "default", text: "3s" });
  });

  it("takes an empty or blank text for none, at every level", () => {
    const { settings, origins } = configure(
      { RETRIES: " " },
      { flags: { RETRIES: "" }, ...envFile("LENGKET_RETRIES= 6 ") },
    );
    expect(settings.retries).to.equal(6);
    expect(origins.retries.source).to.equal("env-file");
    expect(configure({ RETRIES: "\t9 \n" }).settings.retries).to.equal(9);
  });

  it("names flags as flags, and variables of a file with their line", () => {
    expect(problemsOf({}, { flags: { RETRIES: "x" } })[0]?.where).to.equal("--retries");
    expect(problemsOf({}, { flags: { BACKENDS: "a=x:1,b" } })[0]?.where).to.equal("--backends[1]");
    expect(problemsOf({}, envFile("\nLENGKET_RETRIES=x"))[0]?.where).to.equal("LENGKET_RETRIES (prod.env:2)");
  });

  it("reports lines of the env file that mean nothing, without showing them", () => {
    const [problem] = problemsOf({}, envFile("LENGKET_RETRIES=1\nsecret words\n"));
    expect(problem).to.deep.equal({
      where: "prod.env:2",
      problem: "not NAME=value",
      hint: "write NAME=value, or # before a comment",
    });
  });

  it("names quotes that became part of a value, as with docker run --env-file", () => {
    const [quoted, ...others] = problemsOf({ MODE: '"http"' });
    expect(others).to.deep.equal([]);
    expect(quoted).to.deep.equal({
      where: "LENGKET_MODE",
      value: '"http"',
      problem: "the quotes are part of the value",
      hint: "write it without them: what sets it does not take them away, as a shell would",
    });
    const found = (settings: Record<string, string>) =>
      problemsOf(settings).map(({ where, problem }) => `${where} ${problem}`);
    expect(found({ BACKENDS: "'a=10.0.0.1:80, b=10.0.0.2:80'" })).to.deep.equal([
      "LENGKET_BACKENDS the quotes are part of the value",
    ]);
    // What is wrong inside is told too.
    expect(found({ MODE: "'htpp'" })).to.deep.equal([
      "LENGKET_MODE the quotes are part of the value",
      "LENGKET_MODE not one of tcp, http",
    ]);
    // Quotes that can be meant, and one alone.
    expect(configure({ HEALTH: "http", HEALTH_EXPECT_BODY: '"ok"' }).settings.healthExpectBody).to.equal('"ok"');
    expect(found({ MODE: '"http' })).to.deep.equal(["LENGKET_MODE not one of tcp, http"]);
  });

  it("warns of a setting that the env file has twice, without showing it: the last line counts", () => {
    const { settings, warnings } = configure({}, envFile("LENGKET_RETRIES=4\nA=1\nA=2\n\nLENGKET_RETRIES=5\n"));
    expect(settings.retries).to.equal(5);
    expect(warnings).to.deep.equal([
      {
        where: "LENGKET_RETRIES (prod.env:5)",
        problem: "the same setting is at prod.env:1, which does not count",
        hint: "keep one of the two lines",
      },
    ]);
    expect(configure({}, envFile("LENGKET_RETRIES=4\n#LENGKET_RETRIES=5\n")).warnings).to.deep.equal([]);
  });

  it("does not take commas alone for an empty list: what should stand between them is missing", () => {
    for (const name of ["LISTEN", "ALLOW", "TRUSTED_PROXIES", "HEALTH_EXPECT", "SOURCE_ADDRESS"]) {
      const found = problemsOf({ [name]: " , ," }).map(({ where, problem }) => `${where} ${problem}`);
      expect(found).to.deep.equal([`LENGKET_${name} a list without an element`]);
    }
    expect(configure({ ALLOW: "" }).settings.allow).to.deep.equal([]);
  });

  it("does not show a quoted secret", () => {
    const [problem] = problemsOf({ MODE: "http", COOKIE_SECRET: '"hunter2"' });
    expect(problem).to.include({ problem: "the quotes are part of the value" });
    expect(JSON.stringify(problemsOf({ MODE: "http", COOKIE_SECRET: '"hunter2"' }))).to.not.include("hunter2");
  });

  it("fills in what follows from other settings", () => {
    expect(configure({}).settings.instance).to.equal("host-1");
    expect(configure({ INSTANCE: "edge" }).settings.instance).to.equal("edge");
    expect(configure({ PROXY_PROTOCOL_OUT: "v2" }).settings.healthProxyProtocol).to.equal(true);
    expect(configure({}).settings.healthProxyProtocol).to.equal(false);
    const off = configure({ PROXY_PROTOCOL_OUT: "v2", HEALTH_PROXY_PROTOCOL: "no" });
    expect(off.settings.healthProxyProtocol).to.equal(false);
    const trusted = configure({ TRUSTED_PROXIES: "10.0.0.0/8", PROXY_PROTOCOL_IN: "required" }).settings;
    expect(trusted.proxyProtocolTrusted).to.deep.equal(trusted.trustedProxies);
  });
});

describe("unknown names", () => {
  it("are errors with the nearest name", () => {
    const found = problemsOf({ HASH_POLCY: "ring", METRICS_LISTEN: "x" });
    expect(found.map(({ where, hint }) => [where, hint])).to.deep.equal([
      ["LENGKET_HASH_POLCY", "did you mean LENGKET_HASH_POLICY?"],
      ["LENGKET_METRICS_LISTEN", "lengket help-env lists all settings"],
    ]);
  });

  it("are found in the env file and among flags too", () => {
    expect(problemsOf({}, envFile("LENGKET_QUEU=1"))[0]).to.deep.include({
      where: "LENGKET_QUEU",
      problem: "unknown variable at prod.env:1",
    });
    expect(problemsOf({}, { flags: { RETRYS: "1" } })[0]).to.deep.include({
      where: "--retrys",
      hint: "did you mean --retries?",
    });
  });

  it("are warnings when STRICT is false, wherever that is said", () => {
    for (const sources of [
      { env: { LENGKET_STRICT: "false" } },
      { flags: { STRICT: "no" } },
      envFile("LENGKET_STRICT=0"),
    ]) {
      expect(configure({ QUEU: "1" }, sources).warnings.map(({ where }) => where)).to.deep.equal(["LENGKET_QUEU"]);
    }
  });

  it("of others are ignored, also those of Object's prototype", () => {
    expect(configure({}, { env: { PATH: "/bin", LENGTH: "1", constructor: "x" } }).warnings).to.deep.equal([]);
    expect(problemsOf({}, { flags: { constructor: "x" } })).to.have.lengthOf(1);
  });

  it("with a misspelt prefix and the name of a setting are warnings", () => {
    const { warnings } = configure({}, { env: { LENGEKT_RETRIES: "1", LENGKT_RETRYS: "1", LENGKET2_RETRIES: "1" } });
    expect(warnings.map(({ where, hint }) => [where, hint])).to.deep.equal([
      ["LENGEKT_RETRIES", "did you mean LENGKET_RETRIES?"],
    ]);
  });
});

describe("service links of Kubernetes", () => {
  it("are ignored in silence", () => {
    const env = {
      LENGKET_PORT: "tcp://10.96.0.1:80",
      LENGKET_PORT_80_TCP: "tcp://10.96.0.1:80",
      LENGKET_PORT_80_TCP_PROTO: "tcp",
      LENGKET_SERVICE_HOST: "10.96.0.1",
      LENGKET_SERVICE_PORT: "80",
      LENGKET_SERVICE_PORT_HTTP: "80",
      LENGKET_ADMIN_SERVICE_HOST: "10.96.0.2",
      LENGKET_ADMIN_SERVICE_PORT_WEB: "80",
      LENGKET_ADMIN_PORT: "tcp://10.96.0.2:80",
      LENGKET_ADMIN_PORT_80_TCP_ADDR: "10.96.0.2",
    };
    expect(configure({}, { env }).warnings).to.deep.equal([]);
  });

  it("never hide a mistake", () => {
    expect(problemsOf({ ADMIN_PORT: "80" })[0]?.where).to.equal("LENGKET_ADMIN_PORT");
    expect(problemsOf({ SERVICES: "80" })[0]?.where).to.equal("LENGKET_SERVICES");
  });

  it("with the name of a setting are not read, and said", () => {
    const { settings, warnings } = configure({ HEALTH_PORT: "tcp://10.96.0.3:80" });
    expect(settings.healthPort).to.equal(undefined);
    expect(warnings.map(({ where }) => where)).to.deep.equal(["LENGKET_HEALTH_PORT"]);
    expect(configure({ HEALTH_PORT: "8081" }).settings.healthPort).to.equal(8081);
  });

  it("do not swallow a LENGKET_PORT that a person wrote", () => {
    expect(configure({ PORT: "9000" }).warnings[0]).to.deep.include({
      where: "LENGKET_PORT",
      hint: "write LENGKET_LISTEN=:9000",
    });
  });
});

describe("the order of problems", () => {
  it("is that of the table whatever the order of the environment", () => {
    const mistakes = { STRICT: "x", RETRIES: "x", LISTEN: "x", BACKENDS: TWO_BACKENDS, ZZZ: "x", AAA: "x" };
    const forwards = problemsOf(mistakes);
    const backwards = problemsOf(Object.fromEntries(Object.entries(mistakes).reverse()));
    expect(forwards.map(({ where }) => where)).to.deep.equal([
      "LENGKET_LISTEN[0]",
      "LENGKET_RETRIES",
      "LENGKET_STRICT",
      "LENGKET_AAA",
      "LENGKET_ZZZ",
    ]);
    expect(backwards).to.deep.equal(forwards);
  });
});
