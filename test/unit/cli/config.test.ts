import { expect } from "chai";
import { type PrintConfigOptions, printConfig } from "../../../src/cli/config.ts";
import { settingEntries } from "../../../src/config/settings.ts";
import { CapturedOutput } from "../../support/captured-output.ts";

const env = {
  LENGKET_BACKENDS: "a=10.0.0.1:1;weight=2, b=10.0.0.2:1",
  LENGKET_ALLOW: "private",
  LENGKET_HEALTH: "http",
  LENGKET_HEALTH_EXPECT_BODY: 'it\'s "up"',
};

async function run(format: PrintConfigOptions["format"], more: Partial<PrintConfigOptions> = {}) {
  const stdout = new CapturedOutput();
  const stderr = new CapturedOutput();
  const code = await printConfig({
    flags: { RETRIES: "5" },
    env,
    stdout,
    stderr,
    format,
    hostname: () => "h",
    ...more,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

describe("config", () => {
  it("prints a table with every setting, its value and its source, in 80 columns", async () => {
    const { code, stdout, stderr } = await run("table");
    expect([code, stderr]).to.deep.equal([0, ""]);
    for (const [, { name }] of settingEntries()) expect(stdout).to.match(new RegExp(`^ *LENGKET_${name} `, "m"));
    expect(stdout).to.match(/LENGKET_RETRIES +5 +flag\n/);
    expect(stdout).to.match(/LENGKET_ALLOW +private +environment\n/);
    expect(stdout).to.match(/LENGKET_IDLE_TIMEOUT +10m +default\n/);
    expect(stdout).to.match(/LENGKET_DENY +\(nobody\) +default\n/);
    for (const line of stdout.split("\n")) expect(line).to.have.length.of.at.most(80);
  });

  it("breaks long values behind their separators, and never drops a letter", async () => {
    const list = "app1=10.0.0.11:3000;weight=2, spare=10.0.0.13:3000;backup";
    const path = `/srv/${"long-name/".repeat(5)}access-log-of-the-balancer.log`;
    const more = { LENGKET_BACKENDS: list, LENGKET_ACCESS_LOG: path };
    const { stdout } = await run("table", { env: more });
    const cells = stdout.split("\n").map((line) => line.slice(38, 65).trim());
    const first = cells.indexOf("app1=10.0.0.11:3000;");
    expect(cells.slice(first, first + 4)).to.deep.equal([
      "app1=10.0.0.11:3000;",
      "weight=2,",
      "spare=10.0.0.13:3000;",
      "backup",
    ]);
    const start = cells.indexOf("/srv/long-name/long-name/");
    expect(start).to.be.greaterThan(0);
    expect(
      cells
        .slice(start, start + 5)
        .join("")
        .startsWith(path),
    ).to.equal(true);
    for (const line of stdout.split("\n")) expect(line).to.have.length.of.at.most(80);
  });

  it("shows file and line of a value from the env file", async () => {
    const readFile = () => "\nLENGKET_QUEUE=3\nLENGKET_ON_DOWN=wait\n";
    const { stdout } = await run("table", { envFilePath: "prod.env", readFile });
    expect(stdout).to.match(/LENGKET_QUEUE +3 +prod\.env:2\n/);
  });

  it("prints JSON with text, value and source", async () => {
    const parsed: Record<string, unknown> = JSON.parse((await run("json")).stdout);
    expect(Object.keys(parsed)).to.deep.equal(settingEntries().map(([, { name }]) => `LENGKET_${name}`));
    expect(parsed["LENGKET_RETRIES"]).to.deep.equal({ text: "5", value: 5, source: "flag" });
    expect(parsed["LENGKET_ALLOW"]).to.deep.equal({
      text: "private",
      value: ["private", "private", "private"],
      source: "environment",
    });
    expect(parsed["LENGKET_RATE_PER_CLIENT"]).to.deep.equal({ text: "off", value: null, source: "default" });
    expect(parsed["LENGKET_INSTANCE"]).to.deep.equal({ text: "", value: "h", source: "default" });
  });

  it("prints an env file: what was set as lines, defaults as comments", async () => {
    const lines = (await run("env")).stdout.split("\n");
    expect(lines.filter((line) => line !== "" && !line.startsWith("#"))).to.deep.equal([
      "LENGKET_BACKENDS='a=10.0.0.1:1;weight=2, b=10.0.0.2:1'",
      "LENGKET_ALLOW=private",
      "LENGKET_HEALTH=http",
      `LENGKET_HEALTH_EXPECT_BODY="it's \\"up\\""`,
      "LENGKET_RETRIES=5",
    ]);
    expect(lines).to.include("#LENGKET_IDLE_TIMEOUT=10m");
  });

  it("keeps warnings off stdout", async () => {
    const { code, stdout, stderr } = await run("json", { env: { ...env, LENGKET_QUEUE_TIMEOUT: "5s" } });
    expect(code).to.equal(0);
    expect(() => JSON.parse(stdout)).to.not.throw();
    expect(stderr).to.include("LENGKET_QUEUE_TIMEOUT");
  });

  it("reports problems and exits 78", async () => {
    const { code, stdout, stderr } = await run("table", { env: {} });
    expect([code, stdout]).to.deep.equal([78, ""]);
    expect(stderr).to.include("required: there is no backend");
  });
});
