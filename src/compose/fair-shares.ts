import { keyHash } from "../hashing/murmur3.ts";
import type { ClusterSnapshot, Member, Tier } from "../model/snapshot.ts";
import { addressBytes } from "../path/client-address.ts";
import { isOut } from "../path/eligibility.ts";

/** Which part of all clients each backend should have at one moment, by the weights of those that can be used. */
export class FairShares {
  /** Backends that can be used. */
  readonly backends: number;
  readonly #tier: Tier;
  readonly #isUsable: (member: Member) => boolean;
  readonly #hashSeed: number;
  readonly #weight: number;

  constructor({ primary, backup, panic }: ClusterSnapshot, hashSeed: number) {
    this.#isUsable = (member) => member.lifecycle === "active" && (panic || !isOut(member));
    this.#hashSeed = hashSeed;
    this.#tier = primary.members.some(this.#isUsable) ? primary : backup;
    const usable = this.#tier.members.filter(this.#isUsable);
    this.backends = usable.length;
    this.#weight = usable.reduce((sum, { backend }) => sum + backend.weight, 0);
  }

  /** The backend of a client by its hash alone: the first of its order that can be used. */
  homeOf(client: string): Member | undefined {
    const { table, members } = this.#tier;
    const [address = ""] = client.split("/");
    const hash = keyHash(addressBytes(address) ?? new Uint8Array(0), this.#hashSeed);
    const owner = members[table.owner(hash)];
    if (owner === undefined || this.#isUsable(owner)) return owner;
    const position = table.order(hash).find((at) => members[at] !== undefined && this.#isUsable(members[at]));
    return position === undefined ? undefined : members[position];
  }

  /** The fair share (0–1) of that backend; undefined when no backend can be used. */
  of(client: string): number | undefined {
    const home = this.homeOf(client);
    return home === undefined || this.#weight === 0 ? undefined : home.backend.weight / this.#weight;
  }
}
