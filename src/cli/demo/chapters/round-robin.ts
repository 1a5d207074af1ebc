import { VISITORS } from "../cast.ts";
import { inTurn } from "../doors.ts";
import { comeAndGo, having, moved, namesOf, samePeople, serverOf } from "../landings.ts";
import type { Narrator } from "../narrator.ts";
import type { Stage } from "../stage.ts";

const ITEM = "bread";

/** What is lost without stickiness. The balancer takes no part. */
export async function roundRobin(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.title("1. Without Lengket: the servers take turns");
  narrator.say(
    `${VISITORS.length} visitors put bread into their cart. Later they check out, in the reverse order. Every connection ` +
      "goes to the next server in turn.",
  );
  stage.emptyCarts();
  const door = inTurn(stage.directDoors);
  const added = await comeAndGo(VISITORS, door, (visit) => visit.add(ITEM));
  const checkouts = await comeAndGo([...VISITORS].reverse(), door, (visit) => visit.look());

  const kept = namesOf(having([ITEM], checkouts));
  const addedAt = serverOf(added);
  const foundAt = serverOf(checkouts);
  narrator.table(
    ["visitor", "adds at", "checks out at", "finds"],
    VISITORS.map(({ name }) => [
      name,
      addedAt.get(name) ?? "-",
      foundAt.get(name) ?? "-",
      kept.includes(name) ? ITEM : "an empty cart",
    ]),
  );

  const lost = namesOf(checkouts).filter((name) => !kept.includes(name));
  narrator.claim(
    `${lost.length} of ${VISITORS.length} carts are lost: those of everybody who came to another server.`,
    lost.length > 0 && samePeople(lost, moved(added, checkouts)),
    `lost: ${lost.join(", ") || "nobody"}; on another server: ${moved(added, checkouts).join(", ") || "nobody"}`,
  );
}
