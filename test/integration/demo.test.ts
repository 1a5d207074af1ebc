import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { expect } from "chai";
import { demo } from "../../src/cli/demo.ts";
import { within } from "../support/gathered.ts";
import { printed, start } from "../support/run-demo.ts";

function ask(url: string, method: string, localAddress?: string): Promise<{ server: string; cart: string[] }> {
  return new Promise((resolve, reject) => {
    const from = localAddress === undefined ? {} : { localAddress };
    const asked = request(url, { method, agent: false, ...from }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve(JSON.parse(text)));
    });
    asked.on("error", reject).end();
  });
}

/** The parts of `text` that `pattern` captures. */
function captured(text: string, pattern: RegExp): readonly string[] {
  const match = pattern.exec(text);
  expect(match, `${pattern} in\n${text}`).not.to.equal(null);
  return match?.slice(1) ?? [];
}

describe("demo", () => {
  it("--once tells the story, checks it and ends", async () => {
    const running = start(["demo", "--once"]);
    const code = await running.ended;
    const text = running.stdout().replace(/\s+/g, " ");
    expect(running.stderr()).to.equal("");
    expect(code, running.stdout()).to.equal(0);
    for (const sentence of [
      "✓ 8 of 12 carts are lost",
      "✓ All 12 carts are complete at the checkout.",
      "✓ A second Lengket",
      "and nobody else.",
      "died with it",
      "✓ Everybody is where they were at first.",
      "hashing of addresses cannot tell its people apart",
      "✓ The whole campus is on one server",
      "✓ The load is flat",
      "✓ The price:",
      "✓ Ana and Budi have one address, but each a server and a cart of their own.",
      "16 to 17 on a server, at most 1.02 times the average; by address it is 3.00 times.",
      "all 50 at their own server, with a complete cart.",
      "over one connection, each still reaches its own server.",
      "moved, and nobody else. ✓ They moved once,",
      "everybody stays where they are now, cart and all",
    ]) {
      expect(text).to.include(sentence);
    }
    const [claims = ""] = captured(text, /All (\d+) claims/);
    expect(text.match(/✓ [A-Z0-9]/g)).to.have.length(Number(claims));
    for (const unwanted of ["✗", "\u001b", "curl"]) expect(running.stdout()).not.to.include(unwanted);
    for (const line of running.stdout().split("\n")) expect(line.length, line).to.be.at.most(80);
  });

  it("stays open with commands that work, and ends at Ctrl-C", async () => {
    const running = start(["demo"]);
    try {
      await printed(running, "Ctrl-C ends the demo.");
      const text = running.stdout();
      const [url = ""] = captured(text, /curl (http:\S+\/cart)\n/);
      const [add = ""] = captured(text, /curl -X POST '(http:\S+)'/);
      const [mine = ""] = captured(text, /your server is ([abc])/);
      const [other = "", theirs = ""] = captured(text, /(127\.0\.0\.\d+) is somebody else, on ([abc])/);
      expect(theirs).not.to.equal(mine);

      expect(await ask(add, "POST")).to.include({ server: mine });
      expect(await ask(url, "GET")).to.deep.include({ server: mine, cart: ["tea"] });
      await printed(running, `127.0.0.1 → ${mine} (home)`);
      if (text.includes(`--interface ${other}`)) {
        expect(await ask(url, "GET", other)).to.deep.include({ server: theirs, cart: [] });
        await printed(running, `${other} → ${theirs} (home)`);
      }

      const [backends = ""] = captured(text, /route \S+ \\\n\s+--backends (\S+)/);
      const route = start(["route", other, "--backends", backends, "--hash-seed", "0", "--strict", "off"]);
      expect(await route.ended, route.stderr()).to.equal(0);
      expect(route.stdout()).to.match(new RegExp(`\\b${theirs} +home`));

      running.child.kill("SIGINT");
      expect(await running.ended).to.equal(0);
      expect(running.stderr()).to.equal("");
    } finally {
      running.child.kill("SIGKILL");
      await running.ended;
    }
  });

  it("ends at Ctrl-C with a visitor still connected", async () => {
    const running = start(["demo"]);
    try {
      await printed(running, "Ctrl-C ends the demo.");
      const [port = ""] = captured(running.stdout(), /curl http:\/\/127\.0\.0\.1:(\d+)\/cart\n/);
      const visitor = connect(Number(port), "127.0.0.1");
      visitor.on("error", () => {});
      const answered = once(visitor, "data");
      visitor.write("GET /cart HTTP/1.1\r\nHost: shop\r\n\r\n");
      await within(5_000, "an answer", answered);
      running.child.kill("SIGINT");
      expect(await within(10_000, "the end", running.ended)).to.equal(0);
      expect(running.stderr()).to.equal("");
      visitor.destroy();
    } finally {
      running.child.kill("SIGKILL");
      await running.ended;
    }
  });

  it("ends without a word when its reader leaves (`| head`)", async () => {
    const running = start(["demo"]);
    try {
      await printed(running, "1. ");
      running.child.stdout.destroy();
      // What a shell reports for a program that SIGPIPE ended.
      expect(await within(15_000, "the end", running.ended)).to.equal(141);
      expect(running.stderr()).to.equal("");
    } finally {
      running.child.kill("SIGKILL");
    }
  });

  it("ends in the middle of the story when it is told to", async () => {
    let told = "";
    const code = await demo({
      once: true,
      env: {},
      stderr: { write: (text) => (told += text) },
      stdout: {
        write: (text) => {
          told += text;
          if (text.startsWith("2. ")) process.emit("SIGTERM");
        },
      },
    });
    expect(code).to.equal(130);
    expect(told).to.include("1. Without Lengket").and.not.include("3. A server dies");
    expect(process.listenerCount("SIGTERM")).to.equal(0);
  });

  it("can fail: without stickiness its claims do not hold, and it exits 1", async () => {
    const { code, stdout, stderr } = await tell({ HASH_KEY: "client_ip_port" });
    expect(code).to.equal(1);
    expect(stdout).to.include("✗ EXPECTED: Each of the 12 visitors met the same server three times.");
    expect(stdout).to.match(/FOUND: these met more than one: \S+/);
    const failed = stdout.match(/✗ EXPECTED/g) ?? [];
    expect(failed.length).to.be.greaterThan(5);
    expect(stderr).to.match(new RegExp(`^lengket: ${failed.length} of \\d+ claims do not hold\n$`));
  });

  it("can fail: without cookies the people of the campus are on one server, and it exits 1", async () => {
    const { code, stdout } = await tell({ COOKIE_MODE: "off" });
    const told = stdout.replace(/\s+/g, " ");
    expect(code).to.equal(1);
    expect(told).to.include("✗ EXPECTED: Ana and Budi have one address, but each a server");
    expect(told).to.match(/✗ EXPECTED: The load of 50 people .* FOUND: (50, 0, 0|0, 50, 0|0, 0, 50) on the servers/);
    // Those who have an address of their own need none.
    expect(told.slice(0, told.indexOf("5. The same campus"))).to.not.include("✗");
  });

  it("says why when it cannot go on, and exits 1", async () => {
    // Reserved for documentation (RFC 5737): nobody can listen there.
    const { code, stdout, stderr } = await tell({ LISTEN: "203.0.113.1:0" });
    expect(code).to.equal(1);
    expect(stdout).to.equal("");
    expect(stderr).to.match(/^lengket: the demo cannot go on: cannot listen on 203\.0\.113\.1:0: [^\n]+\n$/);
  });

  it("tells the same story every time, but for ports and times", async () => {
    const masked = async (): Promise<string> => {
      const { code, stdout } = await tell({});
      expect(code, stdout).to.equal(0);
      return stdout
        .replace(/\s+/g, " ")
        .replace(/127\.0\.0\.1:\d+/g, "PORT")
        .replace(/[\d.]+ ?(ms|s)\b/g, "TIME");
    };
    expect(await masked()).to.equal(await masked());
  });
});

/** Tells the story in this process, with other settings. */
async function tell(
  flags: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const code = await demo({
    once: true,
    env: {},
    flags,
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}
