import type { ListenPlace, Mode, ProxyProtocolIn } from "../../model/listen-address.ts";
import type { Refusal } from "../reading.ts";

/** A listener as written; what it leaves out comes from other settings. */
export interface ListenDraft {
  readonly place: ListenPlace;
  /** Same text = same place. */
  readonly placeText: string;
  /** The place as written, or `name=`. */
  readonly name: string;
  readonly mode: Mode | undefined;
  readonly proxy: ProxyProtocolIn | undefined;
}

/** A listener and where it stands in the list. */
export interface PlacedListener {
  readonly draft: ListenDraft;
  readonly text: string;
  readonly at: string;
}

/** Listeners that cannot exist side by side: equal places, places that include each other, equal names. */
export function listenConflicts(listeners: readonly PlacedListener[]): readonly Refusal[] {
  return listeners.flatMap(({ draft, text, at }, index) =>
    listeners.slice(0, index).flatMap((earlier) => {
      const found = conflict(earlier.draft, draft, earlier.at);
      return found === undefined ? [] : [{ ...found, value: text, at }];
    }),
  );
}

function conflict(a: ListenDraft, b: ListenDraft, other: string): Refusal | undefined {
  if (a.placeText === b.placeText && !(a.place.kind === "tcp" && a.place.port === 0)) {
    return { problem: `the same place as ${other}`, hint: "listen there once" };
  }
  if (overlap(a, b) || overlap(b, a)) {
    return { problem: `the same port as ${other}, and one includes the other`, hint: "keep the wider one" };
  }
  if (a.name === b.name && a.placeText !== b.placeText) {
    return { problem: `the same name as ${other}`, hint: "choose another name=" };
  }
  return undefined;
}

/** A socket on every address of a family leaves no room for one on a single address with the same port. */
function overlap({ place: wide }: ListenDraft, { place: narrow }: ListenDraft): boolean {
  if (wide.kind !== "tcp" || narrow.kind !== "tcp" || wide.port !== narrow.port || wide.port === 0) return false;
  if (wide.host === undefined) return narrow.host !== undefined;
  if (narrow.host === undefined || narrow.host === wide.host) return false;
  if (wide.host === "0.0.0.0") return /^[\d.]+$/.test(narrow.host);
  return wide.host === "::" && narrow.host.includes(":");
}
