const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** Wall-clock ms since the epoch, as text. */
export type TimeText = (wallMs: number) => string;

function digits(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

/** The text of a second is kept, because most lines of a busy log fall into the same one. */
function withMilliseconds(textOfSecond: (second: Date) => string, suffix: string): TimeText {
  let lastSecond = Number.NaN;
  let text = "";
  return (wallMs) => {
    const second = Math.floor(wallMs / 1000);
    if (second !== lastSecond) {
      text = textOfSecond(new Date(second * 1000));
      lastSecond = second;
    }
    return `${text}.${digits(Math.floor(wallMs) - second * 1000, 3)}${suffix}`;
  };
}

/** `2026-11-22T12:30:01.123Z` (RFC 3339, UTC). */
export function createIsoTime(): TimeText {
  return withMilliseconds((second) => second.toISOString().slice(0, -5), "Z");
}

/** `22/Nov/2026:12:30:01.123`, local time: HAProxy's `%t`. */
export function createHaproxyTime(): TimeText {
  return withMilliseconds((second) => {
    const month = MONTHS[second.getMonth()] ?? "";
    return `${digits(second.getDate(), 2)}/${month}/${digits(second.getFullYear(), 4)}:${clock(second)}`;
  }, "");
}

/** `12:30:01.123`, local time, for people. */
export function createClockTime(): TimeText {
  return withMilliseconds(clock, "");
}

function clock(time: Date): string {
  return `${digits(time.getHours(), 2)}:${digits(time.getMinutes(), 2)}:${digits(time.getSeconds(), 2)}`;
}
