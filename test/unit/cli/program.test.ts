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

  it("runs the balancer without a word: its mistakes are those of the configuration", async () => {
    const { code, err } = await run("--backend", "nonsense");
    expect(code).to.equal(78);
    expect(err).to.include("--backends[0]");
  });
});
