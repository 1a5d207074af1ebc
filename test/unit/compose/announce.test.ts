import { expect } from "chai";
import { announceFull, announceReload, announceTransition } from "../../../src/compose/announce.ts";
import type { Transition } from "../../../src/control/transition.ts";
import type { Log } from "../../../src/observe/log.ts";
import type { LogFields } from "../../../src/observe/log-line.ts";

/** A log that keeps `level: message` and the fields. */
function keptLog() {
  const lines: string[] = [];
  const fields: LogFields[] = [];
  const write =
    (level: string) =>
    (message: string, more: LogFields = {}): void => {
      lines.push(`${level}: ${message}`);
      fields.push(more);
    };
  const log: Log = {
    ...{ level: "info", isDebug: () => false, setLevel: () => {}, debug: write("debug") },
    ...{ error: write("error"), warn: write("warn"), info: write("info") },
  };
  return { log, lines, fields };
}

function announced(transition: Partial<Transition> & Pick<Transition, "kind">): string | undefined {
  const { log, lines } = keptLog();
  announceTransition(log, { id: "a", from: "x", to: "y", because: "why", ...transition });
  return lines[0];
}

describe("announceTransition", () => {
  it("warns of what is worse than before, and only tells of the rest", () => {
    expect([
      announced({ kind: "added" }),
      announced({ kind: "removed" }),
      announced({ kind: "drained" }),
      announced({ kind: "reweighted", from: "1", to: "2" }),
      announced({ kind: "address-changed" }),
      announced({ kind: "reconfigured" }),
      announced({ kind: "health", to: "unhealthy" }),
      announced({ kind: "health", to: "healthy" }),
      announced({ kind: "ejected" }),
      announced({ kind: "ejection-ended" }),
      announced({ kind: "draining" }),
      announced({ kind: "undrained" }),
      announced({ kind: "drain-deadline" }),
      announced({ kind: "panic", id: undefined }),
      announced({ kind: "panic-ended", id: undefined }),
    ]).to.deep.equal([
      "info: backend a was added: why",
      "info: backend a left the list: its connections stay, nobody new comes",
      "info: backend a is drained: why",
      "info: backend a has another weight: 1 → 2",
      "info: backend a has another address: x → y",
      "info: backend a was changed: why",
      "warn: backend a is down: why",
      "info: backend a is up: why",
      "warn: backend a is ejected: why",
      "info: backend a takes clients again: why",
      "info: backend a is draining: why",
      "info: backend a takes new clients again: why",
      "warn: backend a has drained long enough: why",
      "warn: too few backends are healthy, health is ignored: why",
      "info: enough backends are healthy again: why",
    ]);
  });

  it("gives programs the change itself", () => {
    const { log, fields } = keptLog();
    announceTransition(log, { kind: "health", id: "a", from: "healthy", to: "unhealthy", because: "connect refused" });
    expect(fields[0]).to.deep.equal({
      ...{ event: "backend-health", backend: "a", from: "healthy", to: "unhealthy", because: "connect refused" },
    });
  });
});

describe("announceReload", () => {
  it("says what changed, and how much of the key space moved", () => {
    const { log, lines, fields } = keptLog();
    const nothing = { added: [], removed: [], reweighted: [], changedAddress: [], reconfigured: [], movedShare: 0 };
    announceReload(log, nothing);
    announceReload(log, {
      ...{ added: ["d", "e"], removed: ["a"], reweighted: ["b"], changedAddress: ["c"], reconfigured: ["f"] },
      movedShare: 0.123_456,
    });
    expect(lines).to.deep.equal([
      "info: backends reloaded: nothing changed; 0.0 % of the key space moved",
      "info: backends reloaded: added d, e; removed a; re-weighted b; moved to another address c; changed f; 12.3 % of the key space moved",
    ]);
    expect(fields[1]).to.include({ event: "backends-reloaded", added: "d,e", removed: "a", moved_share: 0.1235 });
  });
});

describe("announceFull", () => {
  it("warns once there is no room, and says when there is again", () => {
    const { log, lines } = keptLog();
    announceFull(log, 100, true);
    announceFull(log, 100, false);
    expect(lines).to.deep.equal([
      "warn: 100 connections are open: new ones are refused",
      "info: there is room for connections again",
    ]);
  });
});
