import type { Output } from "./output.ts";
export interface DemoOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly once: boolean;
}
export async function demo(_: DemoOptions): Promise<number> {
  return 0;
}
