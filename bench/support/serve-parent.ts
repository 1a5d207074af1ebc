import type { Reply } from "./messages.ts";

/** Answers every message of the parent process with the outcome of `work`; ends this process when the parent is gone. */
export function serveParent(work: (request: unknown) => Promise<unknown>): void {
  const answer = (reply: Reply): void => {
    process.send?.(reply);
  };
  process.on("message", (request) => {
    work(request).then(
      (value) => answer({ kind: "done", value }),
      (error: unknown) => answer({ kind: "failed", problem: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
}
