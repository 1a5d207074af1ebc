import { expect } from "chai";
import { type NewsFacts, tellNews } from "../../../../../src/cli/demo/browser/news.ts";
import type { Guest } from "../../../../../src/cli/demo/browser/visitor-book.ts";

function guest(
  name: string,
  before: string | undefined,
  server = before ?? "a",
  moves = server === before ? 0 : 1,
): Guest {
  return { name, server, before, moves: before === undefined ? 0 : moves };
}

function told(facts: Partial<NewsFacts>): string {
  return tellNews({
    happening: { kind: "killed", server: "b" },
    guests: [],
    you: "me",
    byAddress: "c",
    alive: ["a", "c"],
    ...facts,
  }).join(" ");
}

describe("news", () => {
  it("says what became of you and of the others when your server dies", () => {
    const guests = [guest("me", "b", "c"), guest("Budi", "b", "a"), guest("Ana", "a"), guest("Citra", "c")];
    expect(told({ guests })).to.equal(
      "Server b died, and the carts in its memory with it. Your cart was there, so it is gone. You were moved once, to c, " +
        "with a new cookie. Budi (to a) was moved too, once. Nobody else moved: 2 visitors keep server and cart.",
    );
  });

  it("says that nothing changed for you when another one dies", () => {
    const guests = [guest("me", "a"), guest("Budi", "b", "a"), guest("Ana", "b", "c")];
    expect(told({ guests })).to.include(
      "You stay on a, cart and all. Budi (to a) and Ana (to c) were moved too, once each.",
    );
    expect(told({ guests })).to.not.include("Nobody else");
  });

  it("counts many, and does not call two moves one", () => {
    const many = ["a", "a", "a", "c"].map((server, i) => guest(`visitor-${i}`, "b", server));
    expect(told({ guests: many })).to.include("4 others (3 to a, 1 to c) were moved too, once each.");
    expect(told({ guests: [guest("me", "b", "c", 2)] })).to.include("You were moved twice, to c");
  });

  it("does not hide that somebody else moved", () => {
    const guests = [guest("me", "b", "a"), guest("Ana", "c", "a")];
    expect(told({ guests })).to.include("1 of them had not been on b.").and.not.include("Nobody else moved");
  });

  it("says what is to come before your next request", () => {
    expect(told({ guests: [guest("me", "b")] })).to.include("your next request goes to another server");
  });

  it("says that nobody can be served when the last one dies", () => {
    expect(told({ alive: [], guests: [guest("me", "b")] }))
      .to.include("Server b died, the last one. Nobody can be served until you revive one.")
      .and.include("reload once more");
  });

  it("says who stays when a server comes back, and who does not", () => {
    const happening = { kind: "revived", server: "b" } as const;
    expect(told({ happening, guests: [guest("me", "c"), guest("Ana", "a")] })).to.include(
      "Nobody moved: a cookie keeps everybody where their cart is now; you stay on c.",
    );
    const guests = [guest("me", "c"), guest("Ana", "a", "b")];
    expect(told({ happening, guests })).to.include("1 of 2 visitors moved.").and.not.include("Nobody");
  });

  it("compares newcomers with address hashing", () => {
    const happening = { kind: "joined", names: ["Ana", "Budi"] } as const;
    const guests = [guest("me", "c"), guest("Ana", undefined, "a"), guest("Budi", undefined, "b")];
    expect(told({ happening, guests })).to.include("1 to a, 1 to b").and.include("all 3 of you would be on c");
  });

  it("welcomes you", () => {
    expect(told({ happening: { kind: "opened" }, guests: [guest("me", undefined, "a")] })).to.include(
      "the least to do, a,",
    );
    expect(told({ happening: { kind: "opened" } })).to.equal("");
  });
});
