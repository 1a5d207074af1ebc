import type { BackendId } from "../../../model/backend.ts";
import type { Guest, Happening } from "./visitor-book.ts";

export interface NewsFacts {
  readonly happening: Happening;
  readonly guests: readonly Guest[];
  /** Name of the reader. */
  readonly you: string;
  /** The server that address hashing gives to everybody's address. */
  readonly byAddress: BackendId;
  /** Servers that are alive. */
  readonly alive: readonly BackendId[];
}

/** So many people are named one by one. */
const MOST_NAMES = 3;

/** What has just happened, in a few sentences for one reader: each is made of what was seen, not of what should be. */
export function tellNews({ happening, guests, you, byAddress, alive }: NewsFacts): readonly string[] {
  const reader = guests.find(({ name }) => name === you);
  const others = guests.filter(({ name }) => name !== you);
  switch (happening.kind) {
    case "opened":
      return welcome(reader);
    case "killed":
      if (alive.length === 0)
        return [
          `Server ${happening.server} died, the last one. Nobody can be served until you revive one.`,
          `Not even this page: reload it now, and you get Lengket's answer for that, 503. The demo then revives ${happening.server}; reload once more.`,
        ];
      return [
        `Server ${happening.server} died, and the carts in its memory with it.`,
        ...yourLoss(reader, happening.server),
        ...othersLoss(others, happening.server),
      ];
    case "revived":
      return [
        `Server ${happening.server} is back, with an empty memory.`,
        ...comebacks(guests, you),
        "It gets its share of those who come new.",
      ];
    case "joined":
      return newcomers(guests, happening.names, byAddress);
  }
}

function welcome(reader: Guest | undefined): readonly string[] {
  if (reader === undefined) return [];
  return [
    `You came without a cookie of Lengket's, and got the server with the least to do, ${reader.server}, with a cookie that stands for it.`,
    "Whatever you do now, you come back to it, and to your cart.",
  ];
}

function yourLoss(reader: Guest | undefined, dead: BackendId): readonly string[] {
  if (reader === undefined || reader.before === undefined) return [];
  const { server, before, moves } = reader;
  if (before !== dead) {
    return moves === 0 ? [`You stay on ${server}, cart and all.`] : [`You were moved ${times(moves)}, to ${server}.`];
  }
  if (moves === 0) return ["Your cart was there, so it is gone; your next request goes to another server."];
  return [`Your cart was there, so it is gone. You were moved ${times(moves)}, to ${server}, with a new cookie.`];
}

function othersLoss(others: readonly Guest[], dead: BackendId): readonly string[] {
  const there = others.filter(({ before }) => before !== undefined);
  const moved = there.filter(({ moves }) => moves > 0);
  const stayed = there.filter(({ before, moves }) => before !== dead && moves === 0);
  const sentences: string[] = [];
  if (moved.length > 0) {
    const often = Math.max(...moved.map(({ moves }) => moves));
    sentences.push(
      `${whereTo(moved)} ${moved.length === 1 ? "was" : "were"} moved too, ${times(often)}${moved.length === 1 ? "" : " each"}.`,
    );
  }
  const strays = moved.filter(({ before }) => before !== dead).length;
  if (strays > 0) sentences.push(`${strays} of them had not been on ${dead}.`);
  else if (stayed.length > 0) {
    sentences.push(
      `Nobody else moved: ${stayed.length} ${stayed.length === 1 ? "visitor keeps" : "visitors keep"} server and cart.`,
    );
  }
  return sentences;
}

function comebacks(guests: readonly Guest[], you: string): readonly string[] {
  const moved = guests.filter(({ before, moves }) => before !== undefined && moves > 0);
  if (moved.length > 0) return [`${moved.length} of ${guests.length} visitors moved.`];
  const reader = guests.find(({ name }) => name === you);
  const stay = reader === undefined ? "" : `; you stay on ${reader.server}`;
  return [`Nobody moved: a cookie keeps everybody where their cart is now${stay}.`];
}

function newcomers(guests: readonly Guest[], names: readonly string[], byAddress: BackendId): readonly string[] {
  const come = guests.filter(({ name }) => names.includes(name));
  return [
    `${names.length} more visitors came from your address.`,
    `None had a cookie, so each got the server with the least to do: ${counted(come)}.`,
    `An address hash cannot tell them from you: all ${guests.length} of you would be on ${byAddress}.`,
  ];
}

/** `Budi (to a) and Citra (to c)`, or for many `7 others (4 to a, 3 to c)`. */
function whereTo(guests: readonly Guest[]): string {
  if (guests.length > MOST_NAMES) return `${guests.length} others (${counted(guests)})`;
  const named = guests.map(({ name, server }) => `${name} (to ${server})`);
  return named.length < 2 ? named.join("") : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
}

/** `4 to a, 3 to b`. */
function counted(guests: readonly Guest[]): string {
  const counts = new Map<BackendId, number>();
  for (const { server } of guests) counts.set(server, (counts.get(server) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([server, count]) => `${count} to ${server}`)
    .join(", ");
}

function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}
