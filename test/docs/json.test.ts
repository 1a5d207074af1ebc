import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runProgram } from "../../src/cli/program.ts";
import { CapturedOutput } from "../support/captured-output.ts";
import { blocksOf, rowsOf } from "../support/markdown.ts";
import { repositoryText } from "../support/repository.ts";

const BACKENDS = "--backends=a=10.0.0.1:1,b=10.0.0.2:1,c=10.0.0.3:1";

describe("docs/json.md", () => {
  const page = repositoryText("docs/json.md");
  const [route = "", place = "", config = ""] = blocksOf(page, "json");

  async function run(...args: readonly string[]): Promise<{ readonly code: number; readonly json: unknown }> {
    const [stdout, stderr] = [new CapturedOutput(), new CapturedOutput()];
    const code = await runProgram([...args, "--json"], { env: {}, stdout, stderr, version: "1.2.3" });
    return { code, json: JSON.parse(stdout.text) };
  }

  it("shows what route prints, and explains every field of it", async () => {
    const { code, json } = await run("route", "203.0.113.7", "--down=a", BACKENDS);
    expect(code).to.equal(0);
    expect(json).to.deep.equal(JSON.parse(route));
    const http = await run("route", "203.0.113.7", "--mode=http", "--cookie-value=id", BACKENDS);
    const explained = rowsOf(page).flatMap(([fields = ""]) => [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(explained).to.have.members(Object.keys({ ...(json as object), ...(http.json as object) }));
  });

  it("tells what a client gets that waits, is refused, or is kept out", async () => {
    const down = ["route", "203.0.113.7", "--down=a,b,c", BACKENDS];
    const refused = await run(...down);
    expect(refused.code).to.equal(1);
    expect(refused.json).to.include({ decision: "refused", reason: "none-eligible" });
    expect(refused.json).to.not.have.any.keys("backend", "home", "ifItLeaves");
    const waits = await run(...down, "--on-down=wait", "--queue=1");
    expect(waits.code).to.equal(1);
    expect(waits.json).to.include({ decision: "wait", reason: "down", backend: "a" });
    const denied = await run("route", "203.0.113.7", "--deny=203.0.113.0/24", BACKENDS);
    expect(denied).to.deep.equal({
      code: 1,
      json: { client: "203.0.113.7", decision: "refused", reason: "denied" },
    });
  });

  it("shows the form of what place and config print", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lengket-json-"));
    try {
      writeFileSync(join(folder, "clients"), "203.0.113.7\n2001:db8::7\n");
      const asked = ["--deny=2001:db8::/32", BACKENDS];
      expect((await run("place", `--clients=${join(folder, "clients")}`, ...asked)).json).to.deep.equal(
        JSON.parse(place),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect((await run("config", "--idle-timeout=5m", BACKENDS)).json).to.deep.include(JSON.parse(config));
  });

  it("names the parts of a simulation", async () => {
    const { json } = await run("simulate", "--population=s1", "--policy=ring", "--backends=2");
    const section = page.split("## simulate")[1]?.split("\n## ")[0] ?? "";
    for (const part of Object.keys(json as object)) expect(section).to.contain(`\`${part}\``);
  });
});
