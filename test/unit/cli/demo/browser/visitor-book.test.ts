import { expect } from "chai";
import { VisitorBook } from "../../../../../src/cli/demo/browser/visitor-book.ts";

describe("visitor book", () => {
  it("counts the moves since the last thing that happened", () => {
    const book = new VisitorBook();
    book.served("Ana", "a");
    book.served("Budi", "b");
    book.served("Ana", "c");
    book.begin({ kind: "killed", server: "b" });
    expect(book.round).to.equal(1);
    for (const server of ["a", "a", "c"]) book.served("Budi", server);
    book.served("Citra", "c");
    expect(book.guests).to.deep.equal([
      { name: "Ana", server: "c", before: "c", moves: 0 },
      { name: "Budi", server: "c", before: "b", moves: 2 },
      { name: "Citra", server: "c", before: undefined, moves: 0 },
    ]);
  });

  it("counts the requests of every server", () => {
    const book = new VisitorBook();
    for (const server of ["a", "b", "a"]) book.served("Ana", server);
    expect([book.requestsAt("a"), book.requestsAt("b"), book.requestsAt("c")]).to.deep.equal([2, 1, 0]);
  });

  it("forgets who was not seen for longest when there are more than 500", () => {
    const book = new VisitorBook();
    for (let i = 0; i < 500; i++) book.served(`visitor-${i}`, "a");
    book.served("visitor-0", "b");
    book.served("new", "a");
    const names = book.guests.map(({ name }) => name);
    expect(names).to.have.length(500);
    expect(names).to.include.members(["visitor-0", "visitor-2", "new"]).and.not.include("visitor-1");
  });
});
