import type { BackendId } from "../../../model/backend.ts";
import { VISITORS } from "../cast.ts";
import { at, comeAndGo, having, type Landing, moved, namesOf, samePeople, serverOf } from "../landings.ts";
import type { Narrator } from "../narrator.ts";
import type { Stage } from "../stage.ts";

const ITEM = "bread";
const LATER_ITEM = "tea";

/** A server dies and comes back. */
export async function deadServer(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.title("3. A server dies, and comes back");
  stage.emptyCarts();
  const before = await comeAndGo(VISITORS, stage.door, (visit) => visit.add(ITEM));
  const dead = before[0]?.server ?? "";
  const victims = namesOf(at(dead, before));
  const during = await die(stage, narrator, before, dead);
  await comeBack(stage, narrator, { before, during, dead, victims });
}

async function die(
  stage: Stage,
  narrator: Narrator,
  before: readonly Landing[],
  dead: BackendId,
): Promise<readonly Landing[]> {
  const { door, clock } = stage;
  const victims = namesOf(at(dead, before));
  narrator.say(
    `Everybody buys bread. Then server ${dead} is killed, and all come back without waiting until a check has noticed. ` +
      "Who finds the dead server is sent to the next one in the visitor's own order.",
  );
  const killedAtMs = clock.nowMs();
  await stage.kill(dead);
  const noticed = stage.untilHealth(dead, "unhealthy").then(() => clock.nowMs() - killedAtMs);
  const visited = comeAndGo(VISITORS, door, (visit) => visit.look());
  const [during, noticedMs] = await Promise.all([visited, noticed]);
  const again = await comeAndGo(VISITORS, door, (visit) => visit.add(LATER_ITEM));

  const served = during.filter(({ server }) => server !== undefined);
  narrator.claim(
    `All ${VISITORS.length} are served.`,
    served.length === VISITORS.length,
    `${served.length} are served; these are not: ${namesOf(during.filter(({ server }) => server === undefined)).join(", ")}`,
  );
  const gone = moved(before, during);
  narrator.claim(
    `The ${victims.length} visitors of ${dead} moved (${victims.join(", ")}), and nobody else.`,
    victims.length > 0 && samePeople(gone, victims),
    `these moved: ${gone.join(", ") || "nobody"}`,
  );
  const restless = moved(during, again);
  narrator.claim(
    "Each of them went to one other server, and the next time to the same one.",
    restless.length === 0 && again.every(({ server }) => server !== undefined && server !== dead),
    `these moved on: ${restless.join(", ") || "nobody"}; servers: ${[...new Set(serverOf(again).values())].join(", ")}`,
  );
  const kept = namesOf(having([ITEM], during));
  const stayed = namesOf(before).filter((name) => !victims.includes(name));
  narrator.claim(
    `The ${stayed.length} carts on the other servers are untouched. The ${victims.length} carts on ${dead} died with ` +
      "it: stickiness keeps a visitor where the cart is, it does not make copies of it.",
    samePeople(kept, stayed),
    `these have their cart: ${kept.join(", ") || "nobody"}`,
  );
  const [news = ""] = stage.logLines.filter((line) => line.startsWith(`backend ${dead} is down`));
  narrator.claim(
    `After ${Math.ceil(noticedMs)} ms the checks noticed, too. Lengket's log: "${news}"`,
    news !== "",
    `the log has ${JSON.stringify(stage.logLines)}`,
  );
  return again;
}

interface Outage {
  readonly before: readonly Landing[];
  readonly during: readonly Landing[];
  readonly dead: BackendId;
  readonly victims: readonly string[];
}

async function comeBack(stage: Stage, narrator: Narrator, { before, during, dead, victims }: Outage): Promise<void> {
  narrator.say(`Meanwhile all have bought tea. Now ${dead} is started again, with an empty memory.`);
  await stage.revive(dead);
  await stage.untilHealth(dead, "healthy");
  const after = await comeAndGo(VISITORS, stage.door, (visit) => visit.look());

  const [first, between, last] = [before, during, after].map(serverOf);
  narrator.table(
    ["visitor", "before", `${dead} is dead`, `${dead} is back`, "cart"],
    after
      .filter(({ visitor }) => victims.includes(visitor.name))
      .map(({ visitor: { name }, cart }) => [
        name,
        first?.get(name) ?? "-",
        between?.get(name) ?? "-",
        last?.get(name) ?? "-",
        cart.join(", ") || "empty",
      ]),
  );

  const away = moved(before, after);
  narrator.claim(
    "Everybody is where they were at first.",
    away.length === 0,
    `these are elsewhere: ${away.join(", ")}`,
  );
  const complete = namesOf(having([ITEM, LATER_ITEM], after));
  const empty = namesOf(after.filter(({ cart }) => cart.length === 0));
  narrator.claim(
    "Who never moved has bread and tea. For those who moved and came home, the tea stayed where they bought it. That is " +
      "FAIL_BACK=now, the default; FAIL_BACK=new lets them stay where they went.",
    samePeople(
      complete,
      namesOf(before).filter((name) => !victims.includes(name)),
    ) && samePeople(empty, victims),
    `complete: ${complete.join(", ") || "nobody"}; empty: ${empty.join(", ") || "nobody"}`,
  );
}
