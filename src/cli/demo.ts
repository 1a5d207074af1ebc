import { randomUUID } from "node:crypto";
import type { ConnectionRecord } from "../model/connection-record.ts";
import { InvariantError } from "../model/failure.ts";
import { systemClock } from "../platform/clock.ts";
import { OpenShop } from "./demo/browser/open-shop.ts";
import { Narrator } from "./demo/narrator.ts";
import { Stage } from "./demo/stage.ts";
import { tellStory } from "./demo/story.ts";
import { canBind, commandName, type Neighbour, neighbours, thingsToTry } from "./demo/things-to-try.ts";
import { type Output, wantsColor } from "./output.ts";

export interface DemoOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tell the story and end; otherwise the shop stays open after it. */
  readonly once: boolean;
  /** Settings by name without the prefix, on top of the demo's own; tests show with them that its claims can fail. */
  readonly flags?: Readonly<Record<string, string>>;
}

const EXIT_FAILED = 1;
/** 128 + SIGINT, as shells report it. */
const EXIT_INTERRUPTED = 130;

/**
 * Tells the story of a shop whose servers keep carts in memory, with real connections on free ports of loopback.
 * @returns the exit code: 0, 1 when a claim of the story did not hold or it could not go on, 130 when it was interrupted.
 */
export async function demo({ stdout, stderr, env, once, flags = {} }: DemoOptions): Promise<number> {
  const narrator = new Narrator(stdout, wantsColor(stdout, env));
  const interruption = awaitInterruption();
  let report = (_: ConnectionRecord): void => {};
  let stage: Stage | undefined;
  let shop: OpenShop | undefined;
  try {
    stage = await Stage.open({ clock: systemClock, flags, onRecord: (record) => report(record) });
    const told = tellStory(stage, narrator).then(() => true);
    if (!(await Promise.race([told, interruption.happened]))) return EXIT_INTERRUPTED;
    if (narrator.failed > 0) {
      stderr.write(`lengket: ${narrator.failed} of ${narrator.claims} claims do not hold\n`);
      return EXIT_FAILED;
    }
    narrator.title(`All ${narrator.claims} claims (✓) were checked and hold.`);
    if (once) return 0;
    stage.emptyCarts();
    const places = neighbours(stage.settings);
    shop = await OpenShop.open({
      stage,
      byAddress: places.you.server,
      newName: () => `visitor-${randomUUID().slice(0, 8)}`,
    });
    await invite({ stage, narrator, env, url: shop.url, ...places });
    report = (record) => {
      if (record.mode === "tcp") narrator.verbatim([visitLine(record)]);
    };
    await interruption.happened;
    return 0;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InvariantError) throw error;
    stderr.write(`lengket: the demo cannot go on: ${error.message}\n`);
    return EXIT_FAILED;
  } finally {
    interruption.release();
    // Connections that are still open end below, and have a record each.
    report = () => {};
    narrator.silence();
    shop?.close();
    await stage?.close();
  }
}

interface Invitation {
  readonly stage: Stage;
  readonly narrator: Narrator;
  readonly env: DemoOptions["env"];
  readonly url: string;
  readonly you: Neighbour;
  readonly other: Neighbour;
}

/** Tells the reader what to do in the shop. */
async function invite({ stage, narrator, env, url, you, other }: Invitation): Promise<void> {
  const paragraphs = thingsToTry({
    url,
    port: stage.balancer.ports[0] ?? 0,
    backends: stage.backends,
    command: commandName(process.argv[1] ?? "lengket", process.cwd(), env),
    you,
    other,
    canBind: await canBind(other.address),
  });
  narrator.title("7. Your turn");
  for (const { text, commands } of paragraphs) {
    narrator.say(text);
    if (commands.length > 0) narrator.verbatim(commands);
  }
}

function visitLine({ client, backend, reason, cause }: ConnectionRecord): string {
  return `${client.address} → ${backend === undefined ? `nobody (${cause})` : `${backend} (${reason})`}`;
}

interface Interruption {
  /** Resolves with false at the first SIGINT or SIGTERM; the second one ends the process as usual. */
  readonly happened: Promise<false>;
  release(): void;
}

function awaitInterruption(): Interruption {
  let tell: (happened: false) => void = () => {};
  const happened = new Promise<false>((resolve) => {
    tell = resolve;
  });
  const onSignal = (): void => {
    release();
    tell(false);
  };
  const release = (): void => {
    process.removeListener("SIGINT", onSignal);
    process.removeListener("SIGTERM", onSignal);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return { happened, release };
}
