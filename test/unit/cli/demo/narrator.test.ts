import { expect } from "chai";
import { alignColumns, Narrator } from "../../../../src/cli/demo/narrator.ts";

function narrating(color: boolean, tell: (narrator: Narrator) => void): { text: string; narrator: Narrator } {
  let text = "";
  const narrator = new Narrator({ write: (part) => (text += part) }, color);
  tell(narrator);
  return { text, narrator };
}

describe("narrator", () => {
  it("sets parts apart by one blank line, but not a title from its text nor a claim from a claim", () => {
    const { text } = narrating(false, (narrator) => {
      narrator.title("One");
      narrator.say("A text.");
      narrator.table(["x"], [["y"]]);
      narrator.claim("First.", true, "");
      narrator.claim("Second.", true, "");
      narrator.title("Two");
      narrator.verbatim(["$ command"]);
      narrator.title("Three");
      narrator.title("Four");
    });
    expect(text).to.equal(
      [
        ...["One", "   A text.", "", "   x", "   y", "", " ✓ First.", " ✓ Second.", ""],
        ...["Two", "   $ command", "", "Three", "", "Four", ""],
      ].join("\n"),
    );
  });

  it("keeps to 80 columns and indents what it wraps", () => {
    const long = "word ".repeat(60).trim();
    const { text } = narrating(false, (narrator) => {
      narrator.say(long);
      narrator.claim(long, true, "");
      narrator.claim(long, false, long);
    });
    const lines = text.trimEnd().split("\n");
    expect(lines.length).to.be.greaterThan(15);
    for (const line of lines) expect(line.length, line).to.be.at.most(80);
    for (const line of lines.filter((l) => l !== "")) expect(line).to.match(/^( {3}| [✓✗] )\S/);
    expect(Math.max(...lines.map((line) => line.length))).to.be.greaterThan(75);
  });

  it("leaves commands as they are, however long", () => {
    const command = `curl ${"x".repeat(100)} y`;
    expect(narrating(false, (narrator) => narrator.verbatim([command])).text).to.equal(`   ${command}\n`);
  });

  it("counts claims and says what was expected and found when one does not hold", () => {
    const { text, narrator } = narrating(false, (n) => {
      n.claim("All are served.", true, "nobody");
      n.claim("All carts survive.", false, "2 of 12");
    });
    expect(narrator.claims).to.equal(2);
    expect(narrator.failed).to.equal(1);
    expect(text).to.equal(" ✓ All are served.\n ✗ EXPECTED: All carts survive.\n   FOUND: 2 of 12\n");
  });

  it("tells nothing after it was silenced", () => {
    const { text, narrator } = narrating(false, (n) => {
      n.say("Once upon a time");
      n.silence();
    });
    for (const tell of [() => narrator.title("x"), () => narrator.say("x"), () => narrator.claim("x", true, "")]) {
      expect(tell).to.throw("interrupted");
    }
    expect(text).to.equal("   Once upon a time\n");
  });

  it("colours only when told to", () => {
    const tell = (narrator: Narrator): void => {
      narrator.title("Title");
      narrator.table(["head"], [["cell"]]);
      narrator.claim("Good.", true, "");
      narrator.claim("Bad.", false, "worse");
    };
    const plain = narrating(false, tell).text;
    const colored = narrating(true, tell).text;
    expect(plain).not.to.include("\u001b");
    expect(colored).to.include("\u001b[32m✓").and.include("\u001b[31m✗");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
    expect(colored.replace(/\u001b\[\d+m/g, "")).to.equal(plain);
  });
});

describe("columns of a table", () => {
  it("are as wide as their widest cell; numbers go to the right", () => {
    const rows = [
      ["server", "people", "share"],
      ["a", "7", "0.07"],
      ["backend", "93", "none"],
    ];
    expect(alignColumns(rows)).to.deep.equal([
      "server    people   share",
      "a              7   0.07",
      "backend       93   none",
    ]);
  });

  it("has no blanks at the end of a line, and a missing cell is empty", () => {
    expect(alignColumns([["a", "bcd"], ["x", ""], ["y"]])).to.deep.equal(["a   bcd", "x", "y"]);
  });
});
