import { systemClock } from "../platform/clock.ts";
import { Narrator } from "./demo/narrator.ts";
import { Stage } from "./demo/stage.ts";
import { tellStory } from "./demo/story.ts";
import { type Output, wantsColor } from "./output.ts";
export interface DemoOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly once: boolean;
}
export async function demo({ stdout, env }: DemoOptions): Promise<number> {
  const stage = await Stage.open({ clock: systemClock });
  const narrator = new Narrator(stdout, wantsColor(stdout, env));
  await tellStory(stage, narrator);
  await stage.close();
  return 0;
}
