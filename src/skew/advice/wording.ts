/** `31 %`, `6.5 %`, `under 0.1 %`. All but not quite all is never `100 %`. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value <= 0) return "0 %";
  if (value < 0.1) return "under 0.1 %";
  if (value >= 100) return "100 %";
  if (value >= 99.5) return `${Math.min(99.9, Math.round(10 * value) / 10).toFixed(1)} %`;
  return value < 9.95 ? `${value.toFixed(1).replace(/\.0$/, "")} %` : `${value.toFixed(0)} %`;
}

/** Loads in fair shares: `1.9`, `1.03`, `12.5`. */
export function shares(load: number): string {
  return load >= 9.995 ? load.toFixed(1) : load.toFixed(2).replace(/0$/, "");
}

/** `1.9 ×` */
export function times(load: number): string {
  return `${shares(load)} ×`;
}

/** `1,234,567`; fractions are cut off by rounding. */
export function thousands(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `3 addresses`, `1 address`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${thousands(value)} ${value === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** At the start of a sentence. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
