const LOOK_EVERY_MS = 10;
const SAME_LOOKS = 15;
const MOST_LOOKS = 1000;

/**
 * Resolves with a value that has stopped changing: it was the same for 150 ms. For what a full buffer anywhere between
 * two processes brings to rest, which announces itself to nobody. Rejects after 10 s of change.
 */
export async function settled(value: () => number): Promise<number> {
  let last = value();
  let same = 0;
  for (let look = 0; look < MOST_LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const now = value();
    same = now === last ? same + 1 : 0;
    if (same >= SAME_LOOKS) return now;
    last = now;
  }
  throw new Error(`still changing after ${MOST_LOOKS * LOOK_EVERY_MS} ms: ${last}`);
}
