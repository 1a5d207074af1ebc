import type { Clock } from "../../platform/clock.ts";

const DEADLINE_MS = 5000;
const LOOK_EVERY_MS = 2;

/**
 * Resolves as soon as `condition` holds, in at most 2 ms steps.
 * @throws Error that names `what` when it does not hold within 5 s.
 */
export function waitUntil(condition: () => boolean, what: string, clock: Clock): Promise<void> {
  const deadlineMs = clock.nowMs() + DEADLINE_MS;
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (condition()) resolve();
      else if (clock.nowMs() >= deadlineMs) reject(new Error(`waited ${DEADLINE_MS / 1000} s in vain until ${what}`));
      else clock.after(LOOK_EVERY_MS, look);
    };
    look();
  });
}
