import type { Balancer } from "../../../balancer.ts";
import type { BackendId } from "../../../model/backend.ts";
import { CAMPUS_ADDRESS, CROWD_OF_HOMES_AND_CAMPUS as CROWD } from "../cast.ts";
import { arrive, at, having, type Landing, moved, type Stay } from "../landings.ts";
import type { Narrator } from "../narrator.ts";
import { doorOf, type Stage } from "../stage.ts";

const ITEM = "bread";
const BOUND = 1.25;

/** Many people behind one address, with and without a bound. */
export async function campus(stage: Stage, narrator: Narrator): Promise<void> {
  const here = CROWD.filter(isOnCampus).length;
  narrator.chapter("4. A campus behind one address");
  narrator.say(
    `${CROWD.length - here} people at home and ${here} on a campus come in turn, and all stay connected. The campus has ` +
      `one public address, ${CAMPUS_ADDRESS}: hashing of addresses cannot tell its people apart.`,
  );
  const plain = await evening(stage, stage.balancer);
  tellPile(stage, narrator, plain);

  narrator.verbatim([""]);
  narrator.say(
    `What helps: BOUNDED_LOAD=${BOUND}. No server gets more than ${BOUND} times the average; who finds theirs full goes ` +
      "to the next in their own order. The same evening with it:",
  );
  const bounded = await evening(stage, await stage.addBalancer({ BOUNDED_LOAD: String(BOUND) }));
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
  const campusServers = new Set(arrivals.filter(({ visitor }) => isOnCampus(visitor)).map(({ server }) => server));
  const share = CROWD.filter(isOnCampus).length / CROWD.length;
  const floor = servers.length * share;
  const ratio = maxOverAverage(arrivals, servers);
  narrator.table(...loadTable(arrivals, servers));
  narrator.claim(
    `The whole campus is on one server, ${[...campusServers].join(" and ")}.`,
    campusServers.size === 1,
    `it is on ${campusServers.size} servers`,
  );
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
  const most = Math.ceil((BOUND * CROWD.length) / servers.length);
  const fullest = Math.max(...servers.map((server) => at(server, arrivals).length));
  narrator.table(...loadTable(arrivals, servers));
  narrator.claim(
    `The load is flat: ${fullest} people on the fullest server, ${maxOverAverage(arrivals, servers).toFixed(2)} times ` +
      `the average; ${most} were allowed.`,
    fullest <= most && arrivals.every(({ server }) => server !== undefined),
    `${fullest} on the fullest server`,
  );
  const away = new Set(moved(plain.arrivals, arrivals));
  const overflow = [...away].filter((name) => name.startsWith("home-")).length;
  narrator.claim(
    `The price: ${away.size} people are not on their first server, ${overflow} of them from homes that had to make room.`,
    away.size >= at(largest(plain.arrivals, servers), plain.arrivals).length - most,
    `${away.size} are elsewhere`,
  );
  const lost = returns.filter(({ cart }) => !cart.includes(ITEM));
  const lostOnCampus = lost.filter(({ visitor }) => isOnCampus(visitor)).length;
  narrator.claim(`${lostOnCampus} campus / ${lost.length - lostOnCampus} home lost`, true, "");
}

function isOnCampus({ address }: { readonly address: string }): boolean {
  return address === CAMPUS_ADDRESS;
}

function largest(landings: readonly Landing[], servers: readonly BackendId[]): BackendId {
  return servers.reduce((most, server) => (at(server, landings).length > at(most, landings).length ? server : most));
}

function maxOverAverage(landings: readonly Landing[], servers: readonly BackendId[]): number {
  const average = landings.length / servers.length;
  return Math.max(...servers.map((server) => at(server, landings).length)) / average;
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
