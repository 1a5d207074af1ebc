import { expect } from "chai";
import { runProgram } from "../../../src/cli/program.ts";
import { CapturedOutput } from "../../support/captured-output.ts";

async function run(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const stdout = new CapturedOutput();
  const stderr = new CapturedOutput();
  const code = await runProgram(args, { env: {}, stdout, stderr, version: "1.2.3" });
  return { code, out: stdout.text, err: stderr.text };
}

describe("runProgram", () => {
  it("knows which command a mistyped word was meant to be", async () => {
    expect(await run("chekc")).to.deep.equal({
      code: 2,
      out: "",
      err: 'error: unknown command "chekc", did you mean check?\n',
    });
    expect((await run("rout", "203.0.113.7")).err).to.include("did you mean route?");
  });

  it("lists the commands when the word is like none of them", async () => {
    const { code, err } = await run("start-the-thing");
    expect(code).to.equal(2);
    expect(err).to.match(/^error: unknown command "start-the-thing", the commands are run, demo, check, .*help-env/);
  });

  it("leaves options and known commands to commander", async () => {
    expect(await run("--version")).to.deep.equal({ code: 0, out: "1.2.3\n", err: "" });
    expect((await run("help")).code).to.equal(0);
    expect(await run("help-env", "--example")).to.include({ code: 0, err: "" });
    expect(await run("check", "surplus")).to.include({ code: 2 });
    const { code, err } = await run("--no-such-option");
    expect(code).to.equal(2);
    expect(err).to.include("unknown option '--no-such-option'");
  });

  it("knows which flag a mistyped one was meant to be, settings included, and where the help is", async () => {
    expect(await run("run", "--idle-timout", "5m")).to.deep.equal({
      code: 2,
      out: "",
      err: "error: unknown option '--idle-timout'\n(Did you mean --idle-timeout?)\n(lengket run --help says more)\n",
    });
    expect((await run("--bakends", "a=x:1")).err).to.include("(Did you mean --backends?)");
    expect((await run("--secret", "x")).err).to.include("(Did you mean --cookie-secret?)");
    expect((await run("check", "--connet")).err).to.include("(Did you mean --connect?)");
    expect((await run("simulate", "--populaton", "s5")).err).to.include("(Did you mean --population?)");
    // A flag of other commands is no hint for this one.
    expect((await run("demo", "--idle-timout", "5m")).err).to.equal(
      "error: unknown option '--idle-timout'\n(lengket demo --help says more)\n",
    );
    expect((await run("route")).err).to.equal(
      "error: missing required argument 'address'\n(lengket route --help says more)\n",
    );
  });

  it("has no help for a command that is not there", async () => {
    expect(await run("help", "rout")).to.deep.equal({
      code: 2,
      out: "",
      err: 'error: unknown command "rout", did you mean route?\n',
    });
    expect((await run("help", "route")).out).to.include("Usage: lengket route");
  });

  it("takes the port of a client apart from its address", async () => {
    for (const live of [[], ["--live", "--admin-listen", "127.0.0.1:1"]]) {
      const asked = ["--backend", "a=10.0.0.1:80", ...live];
      expect(await run("route", "203.0.113.7:55123", ...asked)).to.deep.equal({
        code: 2,
        out: "",
        err: 'lengket: "203.0.113.7:55123" is an address with a port; write 203.0.113.7 --port 55123\n',
      });
      expect((await run("route", "[2001:db8::7]:80", ...asked)).err).to.include("write 2001:db8::7 --port 80\n");
      expect((await run("route", "203.0.113.700:80", ...asked)).err).to.include("is not an IP address; write e.g.");
      expect((await run("route", "203.0.113.0/24", ...asked)).err).to.include("is not an IP address; write e.g.");
    }
  });

  it("runs the balancer without a word: its mistakes are those of the configuration", async () => {
    const { code, err } = await run("--backend", "nonsense");
    expect(code).to.equal(78);
    expect(err).to.include("--backends[0]");
  });
});
