import { campus } from "./chapters/campus.ts";
import { cookieOutage } from "./chapters/cookie-outage.ts";
import { cookies } from "./chapters/cookies.ts";
import { deadServer } from "./chapters/dead-server.ts";
import { roundRobin } from "./chapters/round-robin.ts";
import { sticky } from "./chapters/sticky.ts";
import type { Narrator } from "./narrator.ts";
import { COOKIE_FLAGS, type Stage } from "./stage.ts";

/**
 * Tells the whole story. Nothing in it is made up: the narrator counts the claims that did not hold.
 * @throws Error when it cannot go on, e.g. because a check never noticed what it should.
 */
export async function tellStory(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.title("Lengket: brings every client back to the same server");
  narrator.say(
    "A shop runs on three servers. Each keeps the carts of its visitors in its own memory, as many applications do. " +
      "All of it runs in this process; only the visitors' addresses are made up.",
  );
  narrator.verbatim([
    `shop     ${stage.shops.map(({ id, host, port }) => `${id} ${host}:${port}`).join(", ")}`,
    `Lengket  ${stage.balancer.addresses.join(", ")}`,
  ]);
  await roundRobin(stage, narrator);
  await sticky(stage, narrator);
  await deadServer(stage, narrator);
  await campus(stage, narrator);
  const balancer = await stage.addBalancer(COOKIE_FLAGS);
  const crowd = await cookies(stage, balancer, narrator);
  await cookieOutage(stage, balancer, narrator, crowd);
  balancer.close();
}
