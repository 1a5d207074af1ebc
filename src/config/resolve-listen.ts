import type { ListenAddress, Mode, ProxyProtocolIn } from "../model/listen-address.ts";
import type { ListenDraft } from "./types/listen-draft.ts";

/** Fills in what listeners leave out. */
export function resolveListen(
  drafts: readonly ListenDraft[],
  defaults: { readonly mode: Mode; readonly proxyProtocolIn: ProxyProtocolIn },
): readonly ListenAddress[] {
  return drafts.map(({ place, name, mode, proxy }) => ({
    place,
    name,
    mode: mode ?? defaults.mode,
    proxyProtocolIn: proxy ?? defaults.proxyProtocolIn,
  }));
}
