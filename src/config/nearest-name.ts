/** Names farther away than this are not what the operator meant. */
const FARTHEST = 2;

/**
 * Edit distance of two words where swapping two neighbouring letters counts as one edit: the optimal string alignment
 * form of F. J. Damerau, "A technique for computer detection and correction of spelling errors", CACM 7(3), 1964.
 */
export function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? a.length;
}

/**
 * The candidate within two edits of `name` (within half of the longer word for short ones), upper and lower case
 * alike; the first of the nearest, or undefined.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  let distance = FARTHEST + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= distance) continue;
    const limit = Math.floor(Math.max(candidate.length, wanted.length) / 2);
    const next = editDistance(wanted, candidate.toLowerCase());
    if (next <= limit && next < distance) {
      nearest = candidate;
      distance = next;
    }
  }
  return nearest;
}

/**
 * As {@link nearestName}, and when nothing is near, the only candidate that holds the whole name between its separators
 * (`SECRET` is COOKIE_SECRET, not COOKIE_SECRET_FILE, which only goes on).
 */
export function likelyName(name: string, candidates: readonly string[]): string | undefined {
  return nearestName(name, candidates) ?? holderOf(name, candidates);
}

function holderOf(name: string, candidates: readonly string[]): string | undefined {
  const wanted = separated(name);
  if (wanted === "__") return undefined;
  const [shortest, ...others] = candidates
    .filter((candidate) => separated(candidate).includes(wanted))
    .sort((a, b) => a.length - b.length);
  const goOn = others.every((other) => separated(other).startsWith(separated(shortest ?? "")));
  return goOn ? shortest : undefined;
}

/** `_cookie_secret_` for `COOKIE_SECRET` and `--cookie-secret`. */
function separated(name: string): string {
  return `_${name.toLowerCase().split(/[_-]+/).filter(Boolean).join("_")}_`;
}
