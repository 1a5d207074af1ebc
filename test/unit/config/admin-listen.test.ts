import { expect } from "chai";
import { loadSetting } from "../../../src/config/load-setting.ts";
import { ConfigError } from "../../../src/model/failure.ts";
import { configure, problemsOf } from "../../support/configure.ts";

const adminOf = (text: string): unknown => configure({ ADMIN_LISTEN: text }).settings.adminListen;

describe("ADMIN_LISTEN", () => {
  it("is off by default", () => {
    expect(configure({}).settings.adminListen).to.equal("off");
  });

  it("takes loopback addresses and unix sockets", () => {
    expect(adminOf("127.0.0.1:8405")).to.deep.equal({ kind: "tcp", host: "127.0.0.1", port: 8405 });
    expect(adminOf("127.3.2.1:0")).to.deep.equal({ kind: "tcp", host: "127.3.2.1", port: 0 });
    expect(adminOf("[::1]:8405")).to.deep.equal({ kind: "tcp", host: "::1", port: 8405 });
    expect(adminOf("localhost:8405")).to.deep.equal({ kind: "tcp", host: "127.0.0.1", port: 8405 });
    expect(adminOf("unix:/run/lengket-admin.sock")).to.deep.equal({ kind: "unix", path: "/run/lengket-admin.sock" });
  });

  it("refuses places that others can reach", () => {
    for (const text of ["10.0.0.1:8405", "0.0.0.0:8405", "[::]:8405", "admin.internal:8405", "127.0.0.1.nip.io:8405"]) {
      const [problem, ...others] = problemsOf({ ADMIN_LISTEN: text });
      expect(others, text).to.deep.equal([]);
      expect(problem?.where).to.equal("LENGKET_ADMIN_LISTEN");
      expect(problem?.problem).to.match(/not an address of this machine alone/);
      expect(problem?.hint).to.contain("127.0.0.1:8405");
    }
  });

  it("has hints for what is nearly right", () => {
    const hint = (text: string): string | undefined => problemsOf({ ADMIN_LISTEN: text })[0]?.hint;
    expect(hint("8405")).to.equal("write 127.0.0.1:8405");
    expect(hint(":8405")).to.equal("write 127.0.0.1:8405");
    expect(hint("unix:run/x.sock")).to.contain("unix:/run/lengket.sock");
    expect(hint("of")).to.equal('did you mean "off"?');
    expect(hint("127.0.0.1")).to.contain("127.0.0.1:3000");
  });

  it("is not where clients connect", () => {
    const problem = (LISTEN: string, ADMIN_LISTEN: string): string | undefined => {
      try {
        configure({ LISTEN, ADMIN_LISTEN });
      } catch (error) {
        return error instanceof ConfigError ? error.problems[0]?.problem : String(error);
      }
      return undefined;
    };
    expect(problem(":8405", "127.0.0.1:8405")).to.contain("clients connect there (:8405)");
    expect(problem("127.0.0.1:8405", "127.0.0.1:8405")).to.contain("clients connect there");
    expect(problem("0.0.0.0:8405", "127.0.0.1:8405")).to.contain("clients connect there");
    expect(problem("unix:/run/a.sock", "unix:/run/a.sock")).to.contain("clients connect there");
    expect(problem("0.0.0.0:8405", "[::1]:8405")).to.equal(undefined);
    expect(problem("127.0.0.2:8405", "127.0.0.1:8405")).to.equal(undefined);
    expect(problem("127.0.0.1:0", "127.0.0.1:0")).to.equal(undefined);
  });

  it("ACCESS_LOG_MASK without an access log has an effect as long as advice may name clients", () => {
    const warned = (settings: Readonly<Record<string, string>>): boolean =>
      configure({ ACCESS_LOG: "off", ACCESS_LOG_MASK: "true", ...settings }).warnings.some(
        ({ where }) => where === "LENGKET_ACCESS_LOG_MASK",
      );
    expect(warned({})).to.equal(false);
    expect(warned({ SKEW_ADVICE: "false" })).to.equal(true);
    expect(warned({ SKEW_ADVICE: "false", ADMIN_LISTEN: "127.0.0.1:8405" })).to.equal(false);
  });
});

describe("loadSetting", () => {
  const sources = { flags: {}, env: {}, readFile: () => "LENGKET_ADMIN_LISTEN=127.0.0.1:3\n" };

  it("reads one setting from where all are read, whatever the others are", () => {
    expect(loadSetting("adminListen", sources)).to.equal("off");
    const env = { LENGKET_ADMIN_LISTEN: "127.0.0.1:2", LENGKET_NO_SUCH: "1" };
    const envFilePath = "some.env";
    const port = (options: Parameters<typeof loadSetting>[1]): unknown =>
      Object(loadSetting("adminListen", options)).port;
    expect(port({ ...sources, envFilePath })).to.equal(3);
    expect(port({ ...sources, env, envFilePath })).to.equal(2);
    expect(port({ ...sources, env, envFilePath, flags: { ADMIN_LISTEN: "127.0.0.1:1" } })).to.equal(1);
  });

  it("reports what cannot be read", () => {
    const flags = { ADMIN_LISTEN: "10.0.0.1:1" };
    expect(() => loadSetting("adminListen", { ...sources, flags })).to.throw(ConfigError, "--admin-listen");
    const readFile = (): string => {
      throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    };
    expect(() => loadSetting("adminListen", { ...sources, readFile, envFilePath: "no.env" })).to.throw(ConfigError);
  });
});
