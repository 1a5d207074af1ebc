import { hasHttp, hasTcp } from "../config/checks/http-mode.ts";
import type { Settings } from "../config/settings.ts";
import { anyCidrContains, type Cidr } from "../model/cidr.ts";
import { type AddressMask, privacyMask } from "../observe/mask-address.ts";
import { addressBytes } from "../path/client-address.ts";
import type { LiveAdviceContext } from "../skew/live/advice-text.ts";

/** How requests of http mode find their backend, as far as addresses go. */
function httpGoesBy({ cookieMode, newSession, hashKey }: Settings): "address" | "new-session" | "else" {
  if (cookieMode === "off") return hashKey === "client_ip" ? "address" : "else";
  // The hash of the application's cookie, and of the address for those who have none yet: most have one.
  if (cookieMode === "passive") return "else";
  return newSession === "hash" ? "new-session" : "else";
}

/** What the configuration says about shared addresses, for advice. What is not certain counts as in order. */
export function skewContext(
  settings: Settings,
  traffic: { readonly areNamed: boolean; readonly backends: number },
): LiveAdviceContext {
  const [tcp, http] = [hasTcp(settings), hasHttp(settings)];
  const goesBy = httpGoesBy(settings);
  const headers = settings.listen.filter(({ mode }) => mode === "tcp").map(({ proxyProtocolIn }) => proxyProtocolIn);
  const mask = clientMask(settings);
  return {
    speaks: tcp && http ? "both" : http ? "http" : "tcp",
    // With listeners of both kinds nobody can say which of them the clients came to.
    addressesDecide: settings.hashKey !== "client_ip_port" && (!http || goesBy !== "else"),
    httpGoesBy: goesBy === "new-session" ? "new-session" : "address",
    proxyProtocolIn:
      headers.find((word) => word === "optional") ?? headers.find((word) => word === "required") ?? "off",
    forwardedHeader: settings.forwardedHeader,
    trustsHeaders: (client) => contains(settings.proxyProtocolTrusted, client),
    trustsForwarding: (client) => contains(settings.trustedProxies, client),
    areNamed: traffic.areNamed,
    backends: traffic.backends,
    boundedLoad: settings.boundedLoad,
    natSplit: settings.natSplit,
    natSplitShare: settings.natSplitShare,
    show: (client) => withoutWholePrefix(mask === undefined ? client : mask.key(client)),
    // A prefix is wider than the proxy: whoever else is in it would be believed.
    asTrusted: (client) => (mask === undefined && isWhole(client) ? withoutWholePrefix(client) : undefined),
  };
}

/** What ACCESS_LOG_MASK asks for; undefined = clients are shown as they are. */
export function clientMask({ accessLogMask, clientPrefixV4, clientPrefixV6 }: Settings): AddressMask | undefined {
  return accessLogMask ? privacyMask(clientPrefixV4, clientPrefixV6) : undefined;
}

function contains(list: readonly Cidr[], client: string): boolean {
  const bytes = addressBytes(client.split("/")[0] ?? "");
  return bytes !== undefined && anyCidrContains(list, bytes);
}

function isWhole(client: string): boolean {
  return client.endsWith("/128") || (client.endsWith("/32") && !client.includes(":"));
}

/** `10.0.0.5/32` → `10.0.0.5` */
function withoutWholePrefix(client: string): string {
  return isWhole(client) ? client.slice(0, client.indexOf("/")) : client;
}
