import { expect } from "chai";
import { runProgram } from "../../../src/cli/program.ts";
import { CapturedOutput } from "../../support/captured-output.ts";

const BACKENDS = "--backends=a=10.0.0.1:1,b=10.0.0.2:1";

async function run(...args: readonly string[]): Promise<{ readonly out: string; readonly err: string }> {
  const [stdout, stderr] = [new CapturedOutput(), new CapturedOutput()];
  expect(await runProgram([...args, BACKENDS], { env: {}, stdout, stderr, version: "1.2.3" })).to.equal(0);
  return { out: stdout.text, err: stderr.text };
}

async function caveat(...flags: readonly string[]): Promise<string | undefined> {
  const { out } = await run("route", "203.0.113.7", "--json", ...flags);
  return (JSON.parse(out) as { readonly caveat?: string }).caveat;
}

describe("what an address alone cannot say", () => {
  it("is nothing where the address decides", async () => {
    expect(await caveat()).to.equal(undefined);
    expect(await caveat("--mode=http", "--cookie-mode=off")).to.equal(undefined);
  });

  it("is where sessions go that are placed freely", async () => {
    const free = "the address does not decide for requests: sessions keep their backend, new ones go by NEW_SESSION=";
    expect(await caveat("--mode=http")).to.equal(`${free}least_conn`);
    expect(await caveat("--listen=:80;mode=http,:81", "--new-session=p2c")).to.equal(`${free}p2c`);
  });

  it("is what else is hashed, or binds", async () => {
    const others = "; others do not go by their address";
    expect(await caveat("--mode=http", "--new-session=hash")).to.equal(`true for requests of new sessions${others}`);
    expect(await caveat("--mode=http", "--cookie-mode=passive", "--cookie-name=sid")).to.equal(
      `true for requests without cookie sid${others}`,
    );
    expect(await caveat("--mode=http", "--cookie-mode=off", "--hash-key=header:x-tenant")).to.equal(
      `true for requests without header x-tenant${others}`,
    );
    expect(await caveat("--mode=http", "--new-session=hash", "--hash-key=query:k")).to.equal(
      `true for requests of new sessions, without query k${others}`,
    );
  });

  it("stands under the answer of route, and on stderr of place", async () => {
    const { out } = await run("route", "203.0.113.7", "--mode=http");
    expect(out).to.match(/^http mode {5}the address does not decide/m);
    expect((await run("route", "203.0.113.7")).out).not.to.include("http mode");
    const placed = await run("place", "--clients=/dev/null", "--mode=http");
    expect(placed.out).to.equal("");
    expect(placed.err).to.include("lengket: http mode: the address does not decide");
  });
});
