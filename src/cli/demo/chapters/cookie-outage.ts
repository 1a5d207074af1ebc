import type { Balancer } from "../../../balancer.ts";
import type { BackendId } from "../../../model/backend.ts";
import { campusBrowsers } from "../cast.ts";
import { at, comeAndGo, having, type Landing, moved, namesOf, samePeople } from "../landings.ts";
import type { Narrator } from "../narrator.ts";
import { doorOf, type Stage } from "../stage.ts";

const NEWCOMERS = 9;

/**
 * A server dies and comes back, with visitors who have cookies.
 * @param before everybody, each with something in the cart
 */
export async function cookieOutage(
  stage: Stage,
  balancer: Balancer,
  narrator: Narrator,
  before: readonly Landing[],
): Promise<void> {
  const door = doorOf(balancer);
  const people = before.map(({ visitor }) => visitor);
  const dead = before[0]?.server ?? "";
  const victims = namesOf(at(dead, before));
  narrator.title("6. A server dies: whoever has a cookie moves once");
  narrator.say(
    `Server ${dead} is killed. All ${people.length} come at once, and again when the checks have noticed; then ${dead} is started ` +
      "again, and they come once more.",
  );
  await stage.kill(dead);
  const during = await comeAndGo(people, door, (visit) => visit.look());
  // The one by address checks for itself, and shall know what has happened when the story goes on.
  for (const watcher of [balancer, stage.balancer]) await stage.untilHealth(dead, "unhealthy", watcher);
  const again = await comeAndGo(people, door, (visit) => visit.look());
  await stage.revive(dead);
  for (const watcher of [balancer, stage.balancer]) await stage.untilHealth(dead, "healthy", watcher);
  const after = await comeAndGo(people, door, (visit) => visit.look());

  narrator.table(
    ["server", "before", `${dead} is dead`, `${dead} is back`],
    stage.shops.map(({ id }) => [id, ...[before, again, after].map((landings) => String(at(id, landings).length))]),
  );
  tellMoves(narrator, { before, during, again, dead, victims });
  const kept = namesOf(having(["bread", "tea"], after));
  const others = namesOf(before).filter((name) => !victims.includes(name));
  narrator.claim(
    `The ${others.length} carts on the other servers are untouched.`,
    samePeople(kept, others),
    `${kept.length} carts are complete`,
  );
  const back = moved(during, after);
  narrator.claim(
    `When ${dead} is back, everybody stays where they are now, cart and all: a cookie moves nobody home, where address ` +
      "hashing would.",
    back.length === 0 && at(dead, after).length === 0,
    `these moved again: ${back.join(", ") || "nobody"}`,
  );
  const newcomers = campusBrowsers(people.length + NEWCOMERS).slice(people.length);
  const atRevived = at(dead, await comeAndGo(newcomers, door, (visit) => visit.look())).length;
  narrator.claim(
    `Of ${NEWCOMERS} who come new, ${atRevived} go to ${dead}: it gets its share.`,
    Math.abs(atRevived - NEWCOMERS / stage.shops.length) <= 1,
    `${atRevived} of them`,
  );
}

interface Outage {
  readonly before: readonly Landing[];
  readonly during: readonly Landing[];
  readonly again: readonly Landing[];
  readonly dead: BackendId;
  readonly victims: readonly string[];
}

function tellMoves(narrator: Narrator, { before, during, again, dead, victims }: Outage): void {
  const unserved = namesOf(during.filter(({ server }) => server === undefined));
  const gone = moved(before, during);
  narrator.claim(
    `All ${before.length} are served. The ${victims.length} of ${dead} moved, and nobody else.`,
    unserved.length === 0 && victims.length > 0 && samePeople(gone, victims),
    `not served: ${unserved.join(", ") || "nobody"}; moved: ${gone.join(", ") || "nobody"}`,
  );
  const refuges = new Map<BackendId, number>();
  for (const { server = "" } of during.filter(({ visitor }) => victims.includes(visitor.name))) {
    refuges.set(server, (refuges.get(server) ?? 0) + 1);
  }
  const restless = moved(during, again);
  const spread = [...refuges].map(([server, count]) => `${count} to ${server}`).join(", ");
  const [most, fewest] = [Math.max(...refuges.values()), Math.min(...refuges.values())];
  narrator.claim(
    `They moved once, and not all to the same server: ${spread}.`,
    restless.length === 0 && refuges.size > 1 && most - fewest <= 1,
    `${spread}; these moved on: ${restless.join(", ") || "nobody"}`,
  );
}
