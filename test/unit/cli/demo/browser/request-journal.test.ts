import { expect } from "chai";
import { RequestJournal } from "../../../../../src/cli/demo/browser/request-journal.ts";
import { sampleRequest } from "../../../../support/sample-request.ts";

const LOOK = { method: "GET", target: "/cart" } as const;

describe("request journal", () => {
  it("puts what a server saw and what Lengket says side by side, newest first", () => {
    const journal = new RequestJournal();
    const add = { method: "POST", target: "/cart/add?item=tea" } as const;
    journal.served({ server: "a", visitor: "Ana", ...LOOK });
    journal.served({ server: "b", visitor: "Budi", ...LOOK });
    journal.served({ server: "a", visitor: "Ana", ...add });
    journal.recorded({ ...sampleRequest(), ...LOOK, backend: "b", reason: "new-session", cookieIn: "none" });
    journal.recorded({ ...sampleRequest(), ...LOOK, backend: "a", reason: "sticky" });
    journal.recorded({ ...sampleRequest(), ...add, backend: "a", reason: "failover" });
    expect(
      journal.entries.map(({ number, visitor, what, server, reason }) => [number, visitor, what, server, reason]),
    ).to.deep.equal([
      [3, "Ana", "add tea", "a", "failover"],
      [2, "Ana", "look", "a", "sticky"],
      [1, "Budi", "look", "b", "new-session"],
    ]);
    expect(journal.entries.at(-1)?.meaning).to.equal("no cookie yet");
  });

  it("names no server for a request that none has seen", () => {
    const journal = new RequestJournal();
    journal.recorded({
      ...sampleRequest(),
      ...LOOK,
      backend: "c",
      reason: "sticky",
      status: 503,
      cause: "connect-refused",
    });
    expect(journal.entries).to.deep.equal([
      {
        number: 1,
        visitor: undefined,
        what: "look",
        server: undefined,
        reason: "connect-refused",
        meaning: "not served (503)",
      },
    ]);
  });
});
