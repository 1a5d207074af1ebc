import type { Balancer } from "../../../balancer.ts";
import type { BackendId } from "../../../model/backend.ts";
import { CAMPUS_ADDRESS, CROWD_OF_HOMES_AND_CAMPUS as CROWD } from "../cast.ts";
import { arrive, at, having, type Landing, moved, namesOf, type Stay } from "../landings.ts";
import type { Narrator } from "../narrator.ts";
import { doorOf, type Stage } from "../stage.ts";

const ITEM = "bread";
const BOUND = 1.25;

/** Many people behind one address, with and without a bound. */
export async function campus(stage: Stage, narrator: Narrator): Promise<void> {
  const here = CROWD.filter(isOnCampus).length;
  narrator.title("4. A campus behind one address");
  narrator.say(
    `${CROWD.length - here} people at home and ${here} on a campus come in turn, and all stay connected. The campus has ` +
      `one public address, ${CAMPUS_ADDRESS}: hashing of addresses cannot tell its people apart.`,
  );
  const plain = await evening(stage, stage.balancer);
  tellPile(stage, narrator, plain);
  narrator.say(
    `What helps: BOUNDED_LOAD=${BOUND}. No server gets more than ${BOUND} times the average; who finds theirs full goes ` +
      "to the next in their own order. The same evening with it:",
  );
  const balancer = await stage.addBalancer({ BOUNDED_LOAD: String(BOUND) });
  const bounded = await evening(stage, balancer);
  balancer.close();
  tellBound(stage, narrator, plain, bounded);
}

interface Evening {
  /** Everybody's first connection, all open at the same time. */
  readonly arrivals: readonly Landing[];
  /** Everybody's second one, in the same crowd. */
  readonly returns: readonly Landing[];
}

/** All arrive and stay; then one after the other hangs up and connects again, as browsers do. */
async function evening(stage: Stage, balancer: Balancer): Promise<Evening> {
  stage.emptyCarts();
  const door = doorOf(balancer);
  await stage.untilOpen(balancer, 0);
  const arrivals: Stay[] = [];
  const returns: Stay[] = [];
  try {
    for (const visitor of CROWD) arrivals.push(await arrive(visitor, door, (visit) => visit.add(ITEM)));
    for (const { visitor, visit } of arrivals) {
      visit.leave();
      await stage.untilOpen(balancer, CROWD.length - 1);
      returns.push(await arrive(visitor, door, (again) => again.look()));
    }
  } finally {
    for (const { visit } of [...arrivals, ...returns]) visit.leave();
  }
  await stage.untilOpen(balancer, 0);
  return { arrivals, returns };
}

function tellPile(stage: Stage, narrator: Narrator, { arrivals, returns }: Evening): void {
  const servers = stage.shops.map(({ id }) => id);
  const onCampus = arrivals.filter(({ visitor }) => isOnCampus(visitor));
  const campusServer = onCampus[0]?.server ?? "";
  const atCampusServer = at(campusServer, onCampus).length;
  narrator.table(...loadTable(arrivals, servers));
  narrator.claim(
    `The whole campus is on one server, ${campusServer}.`,
    onCampus.length > 0 && atCampusServer === onCampus.length,
    `${atCampusServer} of the ${onCampus.length} on the campus are on "${campusServer}"`,
  );
  const share = onCampus.length / CROWD.length;
  const floor = servers.length * share;
  const ratio = at(campusServer, arrivals).length / (CROWD.length / servers.length);
  narrator.claim(
    `That server has ${ratio.toFixed(2)} times the average. No hash of the address can come below N·p = ` +
      `${servers.length} servers × ${share} of all people = ${floor.toFixed(2)}.`,
    ratio >= floor,
    `${ratio.toFixed(2)} times the average`,
  );
  const kept = having([ITEM], returns).length;
  narrator.claim(
    `When they hang up and connect again, all ${CROWD.length} find their carts.`,
    kept === CROWD.length,
    `${kept} find it`,
  );
}

function tellBound(stage: Stage, narrator: Narrator, plain: Evening, { arrivals, returns }: Evening): void {
  const servers = stage.shops.map(({ id }) => id);
  const campusPeople = CROWD.filter(isOnCampus).map(({ name }) => name);
  const most = Math.ceil((BOUND * CROWD.length) / servers.length);
  const fullest = Math.max(...servers.map((server) => at(server, arrivals).length));
  narrator.table(...loadTable(arrivals, servers));
  const ratio = fullest / (CROWD.length / servers.length);
  narrator.claim(
    `The load is flat: ${fullest} people on the fullest server, ${ratio.toFixed(2)} times the average; ${most} were allowed.`,
    fullest <= most && arrivals.every(({ server }) => server !== undefined),
    `${fullest} on the fullest server, ${arrivals.filter(({ server }) => server === undefined).length} not served`,
  );
  const away = moved(plain.arrivals, arrivals);
  const fromHomes = away.filter((name) => !campusPeople.includes(name)).length;
  const crowded = Math.max(...servers.map((server) => at(server, plain.arrivals).length));
  narrator.claim(
    `The price: ${away.length} people are not on their first server, ${fromHomes} of them at home: they had to make room.`,
    away.length >= crowded - most,
    `${away.length} are elsewhere, though ${crowded - most} had no place`,
  );
  const lost = namesOf(returns).filter((name) => !namesOf(having([ITEM], returns)).includes(name));
  const lostOnCampus = lost.filter((name) => campusPeople.includes(name));
  narrator.claim(
    "When they hang up and connect again, everybody at home finds their cart, because with a bound Lengket remembers " +
      `which address overflowed to where. ${lostOnCampus.length} of the ${campusPeople.length} on the campus do not: what is remembered ` +
      "of their address is the same for all of them.",
    lostOnCampus.length > 0 && lostOnCampus.length === lost.length,
    `these do not find it: ${lost.join(", ") || "nobody"}`,
  );
  narrator.say(
    "So a bound saves the server, not the carts of the campus. It is right where a reconnect is rare or the cart can be " +
      "rebuilt; to give every person on the campus a server of their own takes more than their address: a cookie.",
  );
}

function isOnCampus({ address }: { readonly address: string }): boolean {
  return address === CAMPUS_ADDRESS;
}

function loadTable(
  landings: readonly Landing[],
  servers: readonly BackendId[],
): readonly [readonly string[], readonly (readonly string[])[]] {
  const rows = servers.map((server) => {
    const people = at(server, landings);
    const here = people.filter(({ visitor }) => isOnCampus(visitor)).length;
    return [server, String(people.length - here), String(here), String(people.length)];
  });
  return [["server", "homes", "campus", "together"], rows];
}
