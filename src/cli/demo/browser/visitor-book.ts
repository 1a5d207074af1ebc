import type { BackendId } from "../../../model/backend.ts";

/** Something that was done to the shop. */
export type Happening =
  | { readonly kind: "opened" }
  | { readonly kind: "killed" | "revived"; readonly server: BackendId }
  | { readonly kind: "joined"; readonly names: readonly string[] };

export interface Guest {
  readonly name: string;
  /** Who answered them last. */
  readonly server: BackendId;
  /** Who did when the last thing happened; undefined for those who came later. */
  readonly before: BackendId | undefined;
  /** How often they changed servers since. */
  readonly moves: number;
}

/** Beyond it those who were not seen for longest are forgotten. */
const MOST_GUESTS = 500;

/** Who was served where, and what has changed since the last thing that happened. */
export class VisitorBook {
  /** In the order of their last request. */
  readonly #guests = new Map<string, Guest>();
  readonly #requests = new Map<BackendId, number>();
  #happening: Happening = { kind: "opened" };
  #round = 0;

  /** The last thing that happened. */
  get happening(): Happening {
    return this.#happening;
  }

  /** How many things have happened. */
  get round(): number {
    return this.#round;
  }

  get guests(): readonly Guest[] {
    return [...this.#guests.values()];
  }

  /** To be called before anybody can feel it. */
  begin(happening: Happening): void {
    this.#happening = happening;
    this.#round++;
    for (const [name, guest] of this.#guests) this.#guests.set(name, { ...guest, before: guest.server, moves: 0 });
  }

  served(name: string, server: BackendId): void {
    const guest = this.#guests.get(name);
    this.#guests.delete(name);
    const moves = guest === undefined ? 0 : guest.moves + (guest.server === server ? 0 : 1);
    this.#guests.set(name, { name, server, before: guest?.before, moves });
    this.#requests.set(server, this.requestsAt(server) + 1);
    if (this.#guests.size <= MOST_GUESTS) return;
    for (const oldest of this.#guests.keys()) {
      this.#guests.delete(oldest);
      return;
    }
  }

  /** Requests that the server has answered. */
  requestsAt(server: BackendId): number {
    return this.#requests.get(server) ?? 0;
  }
}
