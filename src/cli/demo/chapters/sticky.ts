import { VISITORS } from "../cast.ts";
import { at, comeAndGo, having, moved, namesOf } from "../landings.ts";
import type { Narrator } from "../narrator.ts";
import { doorOf, type Stage } from "../stage.ts";

const ITEMS = ["bread", "tea"];

/** The same visitors through the balancer. */
export async function sticky(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.title("2. With Lengket: every address has its server");
  narrator.say(
    "The same visitors buy bread, then tea, then check out: three connections each. Lengket hashes the visitor's " +
      "address and remembers nothing.",
  );
  stage.emptyCarts();
  const { door, shops } = stage;
  const [bread = "", tea = ""] = ITEMS;
  const first = await comeAndGo(VISITORS, door, (visit) => visit.add(bread));
  const second = await comeAndGo(VISITORS, door, (visit) => visit.add(tea));
  const third = await comeAndGo([...VISITORS].reverse(), door, (visit) => visit.look());

  narrator.table(
    ["server", "visitors"],
    shops.map(({ id }) => [id, namesOf(at(id, first)).join(", ")]),
  );

  const wandered = new Set([...moved(first, second), ...moved(first, third)]);
  narrator.claim(
    `Each of the ${VISITORS.length} visitors met the same server three times.`,
    wandered.size === 0,
    `these met more than one: ${[...wandered].join(", ")}`,
  );
  const kept = having(ITEMS, third);
  narrator.claim(
    `All ${VISITORS.length} carts are complete at the checkout.`,
    kept.length === VISITORS.length,
    `${kept.length} are complete`,
  );
  const idle = shops.filter(({ id }) => at(id, first).length === 0);
  narrator.claim(
    `All ${shops.length} servers have visitors.`,
    idle.length === 0,
    `nobody came to ${idle.map(({ id }) => id).join(", ")}`,
  );
  const twin = await stage.addBalancer({ BACKENDS: stage.backends.split(",").reverse().join(",") });
  const elsewhere = moved(first, await comeAndGo(VISITORS, doorOf(twin), (visit) => visit.look()));
  twin.close();
  narrator.claim(
    "A second Lengket, started later and with the servers listed in another order, sends everybody to the same server.",
    elsewhere.length === 0,
    `these are elsewhere: ${elsewhere.join(", ")}`,
  );
}
