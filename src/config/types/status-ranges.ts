import { accept, type Reading, readList, refuse } from "../reading.ts";
import { type SettingType, settingType } from "../setting-type.ts";

/** Status codes `from` to `to`, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** HTTP status codes and ranges of them (RFC 9110 section 15): `200-399`, `200,204,301-308`. */
export function statusRanges(): SettingType<readonly StatusRange[]> {
  return settingType("status set", "codes and ranges from 100 to 599", (text) => readList(text, readRange));
}

function readRange(text: string): Reading<StatusRange> {
  const match = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text);
  if (match === null) {
    const family = /^([1-5])xx$/i.exec(text)?.[1];
    const hint = family === undefined ? "write e.g. 200-399 or 200,204" : `did you mean ${family}00-${family}99?`;
    return refuse("not a status code or a range from 100 to 599", hint);
  }
  const from = Number(match[1]);
  const to = Number(match[2] ?? from);
  return from <= to ? accept({ from, to }) : refuse("the range runs backwards", `did you mean ${to}-${from}?`);
}
