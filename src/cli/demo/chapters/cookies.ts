import type { Balancer } from "../../../balancer.ts";
import { CAMPUS_ADDRESS, campusBrowsers, type Visitor } from "../cast.ts";
import { at, comeAndGo, having, type Landing, moved, namesOf, samePeople, serverOf } from "../landings.ts";
import type { Narrator } from "../narrator.ts";
import { doorOf, type Stage } from "../stage.ts";
import { Visit } from "../visit.ts";

const PEOPLE = 50;
const ITEMS = ["bread", "tea"];

/**
 * Many people behind one address, told apart by a cookie.
 * @returns all of them, at their servers, with bread and tea in their carts
 */
export async function cookies(stage: Stage, balancer: Balancer, narrator: Narrator): Promise<readonly Landing[]> {
  narrator.title("5. The same campus, with a cookie");
  narrator.say(
    "With MODE=http Lengket reads every request. Who has no cookie yet gets the server with the least to do, and with the " +
      "answer a cookie that names it. (They all come within a blink here, so NEW_SESSION_HINT is off: it keeps the first " +
      `parallel requests of a browser together.) Two visitors behind ${CAMPUS_ADDRESS} buy bread, tea, and check out:`,
  );
  stage.emptyCarts();
  const people = campusBrowsers(PEOPLE);
  const byAddress = await comeAndGo(people, stage.door, (visit) => visit.look());
  const [ana, budi] = people;
  const two = await tellTwo(
    stage,
    balancer,
    narrator,
    [ana, budi].flatMap((one) => one ?? []),
    byAddress,
  );
  const others = people.filter((one) => one !== ana && one !== budi);
  return tellFifty(stage, balancer, narrator, { two, others, byAddress });
}

async function tellTwo(
  stage: Stage,
  balancer: Balancer,
  narrator: Narrator,
  two: readonly Visitor[],
  byAddress: readonly Landing[],
): Promise<readonly Landing[]> {
  const door = doorOf(balancer);
  const [bread = "", tea = ""] = ITEMS;
  const first = await comeAndGo(two, door, (visit) => visit.add(bread));
  const second = await comeAndGo([...two].reverse(), door, (visit) => visit.add(tea));
  const checkouts = await comeAndGo(two, door, (visit) => visit.look());

  const [addressServer, addsAt, checksOutAt] = [byAddress, first, checkouts].map(serverOf);
  narrator.table(
    ["visitor", "by address", "by cookie", "checks out at", "finds"],
    checkouts.map(({ visitor: { name }, cart }) => [
      name,
      addressServer?.get(name) ?? "-",
      addsAt?.get(name) ?? "-",
      checksOutAt?.get(name) ?? "-",
      cart.join(", ") || "an empty cart",
    ]),
  );
  const servers = [...new Set(first.map(({ server }) => server))];
  const names = two.map(({ name }) => name);
  const wandered = new Set([...moved(first, second), ...moved(first, checkouts)]);
  narrator.claim(
    `${names.join(" and ")} have one address, but each a server and a cart of their own.`,
    servers.length === two.length && wandered.size === 0 && having(ITEMS, checkouts).length === two.length,
    `servers: ${servers.join(", ")}; more than one: ${[...wandered].join(", ") || "nobody"}; complete carts: ${having(ITEMS, checkouts).length}`,
  );
  const used = new Set(stage.shops.flatMap(({ id }) => (at(id, byAddress).length > 0 ? [id] : [])));
  narrator.claim(
    "By address the two are on the same server, with everybody else on the campus.",
    used.size === 1,
    `the campus is on ${[...used].join(", ")}`,
  );
  return checkouts;
}

interface Campus {
  readonly two: readonly Landing[];
  readonly others: readonly Visitor[];
  readonly byAddress: readonly Landing[];
}

async function tellFifty(
  stage: Stage,
  balancer: Balancer,
  narrator: Narrator,
  { two, others, byAddress }: Campus,
): Promise<readonly Landing[]> {
  const door = doorOf(balancer);
  const [bread = "", tea = ""] = ITEMS;
  narrator.say(`${others.length} more people of the campus come and buy bread:`);
  const crowd = [...two, ...(await comeAndGo(others, door, (visit) => visit.add(bread)))];
  const servers = stage.shops.map(({ id }) => id);
  const counts = servers.map((id) => at(id, crowd).length);
  narrator.table(
    ["server", "by address", "by cookie"],
    servers.map((id) => [id, String(at(id, byAddress).length), String(at(id, crowd).length)]),
  );
  const [most, fewest] = [Math.max(...counts), Math.min(...counts)];
  const fair = crowd.length / servers.length;
  narrator.claim(
    `The load of ${crowd.length} people behind one address is even: ${fewest} to ${most} on a server, at most ` +
      `${(most / fair).toFixed(2)} times the average; by address it is ${(servers.length).toFixed(2)} times.`,
    most - fewest <= 1 && most + fewest > 0,
    `${counts.join(", ")} on the servers`,
  );

  const back = await comeAndGo([...others].reverse(), door, (visit) => visit.add(tea));
  const found = await comeAndGo([...crowd.map(({ visitor }) => visitor)].reverse(), door, (visit) => visit.look());
  const kept = namesOf(having(ITEMS, found));
  narrator.claim(
    `They come back for tea, then check out: all ${crowd.length} at their own server, with a complete cart.`,
    samePeople(kept, namesOf(crowd)) && moved(crowd, back).length === 0 && moved(crowd, found).length === 0,
    `${kept.length} have a complete cart; these moved: ${[...moved(crowd, back), ...moved(crowd, found)].join(", ") || "nobody"}`,
  );
  await tellOneConnection(balancer, narrator, crowd);
  return found;
}

/** A proxy in front of a balancer sends the requests of all its clients over a few connections. */
async function tellOneConnection(balancer: Balancer, narrator: Narrator, crowd: readonly Landing[]): Promise<void> {
  const accepted = balancer.acceptedConnections;
  const door = doorOf(balancer);
  const wrong: string[] = [];
  let shared: Visit | undefined;
  for (const { visitor, server } of crowd) {
    const visit: Visit = new Visit(visitor, door, shared);
    shared = visit;
    const answer = await visit.look();
    if (answer.server !== server || answer.visitor !== visitor.name) wrong.push(visitor.name);
  }
  shared?.leave();
  const connections = balancer.acceptedConnections - accepted;
  narrator.claim(
    `When a proxy in front sends the requests of all ${crowd.length} over one connection, each still reaches its own server.`,
    wrong.length === 0 && connections === 1,
    `${connections} connections; at another server: ${wrong.join(", ") || "nobody"}`,
  );
}
