import { readFileSync } from "node:fs";

/** Where the kernel offers no number, the usual hard limit of a service. */
const FALLBACK_LIMIT = 65_536;

/**
 * How many descriptors this process may open. Node raises the soft limit to the hard one when it starts.
 *
 * @param read gives the text of `/proc/self/limits`; for tests.
 */
export function descriptorLimit(read: () => string = () => readFileSync("/proc/self/limits", "utf8")): number {
  let text: string;
  try {
    text = read();
  } catch {
    return FALLBACK_LIMIT;
  }
  const match = /^Max open files\s+(\d+|unlimited)/m.exec(text);
  if (match?.[1] === undefined) return FALLBACK_LIMIT;
  return match[1] === "unlimited" ? 1_048_576 : Number(match[1]);
}
