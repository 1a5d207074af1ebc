/** A duration for people: `500ms`, `1s`, `1.5s`, `2m`, `1h`. Below a second whole milliseconds, above it at most one decimal. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${oneDecimal(ms / 1000)}s`;
  if (ms < 3_600_000) return `${oneDecimal(ms / 60_000)}m`;
  return `${oneDecimal(ms / 3_600_000)}h`;
}

function oneDecimal(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** `1 check`, `3 checks`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
