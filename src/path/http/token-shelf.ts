import { buildTokenTable, type TokenOptions, type TokenTable } from "../../http/affinity-token.ts";
import type { ClusterSnapshot } from "../../model/snapshot.ts";

/** Keeps the token table of the present list: a new one is made when ids or secrets have changed, and not with every snapshot. */
export class TokenShelf {
  #options: TokenOptions;
  #snapshot: ClusterSnapshot | undefined;
  #table: TokenTable | undefined;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** The tokens of all members, the draining ones included. */
  tableOf(snapshot: ClusterSnapshot): TokenTable {
    const known = this.#table;
    if (known !== undefined && this.#snapshot === snapshot) return known;
    if (known !== undefined && this.#snapshot !== undefined && hasSameIds(snapshot, this.#snapshot)) {
      this.#snapshot = snapshot;
      return known;
    }
    this.#snapshot = snapshot;
    const ids = snapshot.members.map((member) => member.backend.id);
    this.#table = buildTokenTable(ids, this.#options);
    return this.#table;
  }

  /** The first secret signs from now on, all of them verify. */
  configure(secrets: readonly Uint8Array[]): void {
    this.#options = { ...this.#options, secrets };
    this.#table = undefined;
  }
}

/** Members are sorted by id. */
function hasSameIds(a: ClusterSnapshot, b: ClusterSnapshot): boolean {
  return (
    a.members.length === b.members.length &&
    a.members.every((member, i) => member.backend.id === b.members[i]?.backend.id)
  );
}
