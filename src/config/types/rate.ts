import { accept, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

/** A token bucket: `perSecond` tokens flow in, at most `burst` are kept. */
export interface Rate {
  readonly perSecond: number;
  /** At least 1. */
  readonly burst: number;
}

const PER_SECOND: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 1 / 60],
  ["h", 1 / 3600],
]);

const PATTERN = /^(\d{1,9}(?:\.\d{1,3})?) ?\/ ?([smh])(?: +burst[ =](\d{1,9}))?$/;

/** `20/s`, `20/s burst 40`, `300/m`; `off` is undefined. Without a burst, one second's worth is kept, at least 1. */
export function rate(): SettingType<Rate | undefined> {
  return settingType<Rate | undefined>("rate", "off, or N/s, N/m, N/h, each with an optional burst N", (text) => {
    if (text === "off" || text === "0") return accept(undefined);
    const match = PATTERN.exec(text);
    const perSecond = Number(match?.[1]) * (PER_SECOND.get(match?.[2] ?? "") ?? Number.NaN);
    const burst = Number(match?.[3] ?? Math.max(1, Math.ceil(perSecond)));
    if (perSecond > 0 && burst >= 1) return accept({ perSecond, burst });
    return refuse("not a rate: off, or N/s, N/m, N/h with an optional burst", "write e.g. 20/s burst 40");
  });
}
