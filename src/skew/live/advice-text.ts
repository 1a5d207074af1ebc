import type { Countermeasures, LiveAdvice } from "./live-advice.ts";

/** What the configuration says about the way to the client, and about placing. */
export interface LiveAdviceContext extends Countermeasures {
  readonly speaks: "tcp" | "http" | "both";
  /** http: requests go by the client's address, or only those that begin a session do. */
  readonly httpGoesBy: "address" | "new-session";
  /** Of the listeners of tcp mode: `off` when none of them reads PROXY headers. */
  readonly proxyProtocolIn: "off" | "optional" | "required";
  /** FORWARDED_HEADER */
  readonly forwardedHeader: "x-forwarded-for" | "forwarded" | "none";
  /** Whether PROXY headers, or forwarding headers, of this client are believed. */
  readonly trustsHeaders: (client: string) => boolean;
  readonly trustsForwarding: (client: string) => boolean;
  /** PROXY headers named the clients of most connections. */
  readonly areNamed: boolean;
  readonly backends: number;
  /** How a client is written. */
  readonly show: (client: string) => string;
  /** The same as a value of a list of trusted proxies; undefined where its exact address is not known, or must not be told. */
  readonly asTrusted: (client: string) => string | undefined;
}

/** An advice in words. */
export interface AdviceText {
  readonly message: string;
  /** What to do, each a way of its own or a part of one: a sentence, with settings in it. */
  readonly remedies: readonly string[];
}

/** Says what was found and what would help, given what is set already. */
export function adviceText(advice: LiveAdvice, context: LiveAdviceContext): AdviceText {
  const remedies = advice.code === "behind-proxy" ? proxyRemedies(advice, context) : heavyRemedies(advice, context);
  return { message: `${found(advice, context)}. ${remedies.join("; ")}`, remedies };
}

/** `connections`, `requests`, or both: what is counted. */
export function unitOf(speaks: LiveAdviceContext["speaks"]): string {
  return { tcp: "connections", http: "requests", both: "connections and requests" }[speaks];
}

function found(advice: LiveAdvice, { speaks, show }: LiveAdviceContext): string {
  const who = advice.clients.map(show).join(", ");
  const part = `${percent(advice.share)} of the ${unitOf(speaks)}`;
  if (advice.code === "heavy-address") {
    const times = `${advice.fairShares.toFixed(1)} fair shares of a backend`;
    return `${who} carries ${times}, ${part}: it has one place, so hashing its address cannot spread it`;
  }
  if (advice.isLocal) return `${part} come from this machine (${who}): a proxy here, or somebody who tries things out`;
  const them = advice.clients.length === 1 ? "it" : "each of them";
  return `${part} come from ${who}: you are behind a proxy or a NAT, and all who are behind ${them} go to one backend`;
}

function proxyRemedies(advice: LiveAdvice, context: LiveAdviceContext): readonly string[] {
  const { speaks } = context;
  const remedies: string[] = [];
  if (speaks !== "http") remedies.push(tcpProxyRemedy(advice, context));
  if (speaks !== "tcp") remedies.push(httpProxyRemedy(advice, context));
  const [forNat] = context.boundedLoad > 0 ? [] : heavyRemedies(advice, context);
  if (forNat !== undefined) remedies.push(`If people share it (NAT), ${forNat}`);
  return remedies;
}

function tcpProxyRemedy({ clients }: LiveAdvice, context: LiveAdviceContext): string {
  const { proxyProtocolIn, areNamed, trustsHeaders } = context;
  if (proxyProtocolIn !== "off" && areNamed) {
    return "The proxy in front names it as the client, so another proxy is before that one: let that one send PROXY headers too";
  }
  const strangers = clients.filter((client) => !trustsHeaders(client));
  if (proxyProtocolIn === "off") {
    return `If it is a proxy, let it send PROXY headers, set LENGKET_PROXY_PROTOCOL_IN=required${trusting(strangers, "LENGKET_PROXY_PROTOCOL_TRUSTED", " and ", context)}`;
  }
  if (strangers.length === 0)
    return "It is in LENGKET_PROXY_PROTOCOL_TRUSTED but sends no PROXY headers: let it send them";
  return `If it sends PROXY headers, believe them${trusting(strangers, "LENGKET_PROXY_PROTOCOL_TRUSTED", ": ", context)}`;
}

function httpProxyRemedy({ clients }: LiveAdvice, context: LiveAdviceContext): string {
  const { forwardedHeader, trustsForwarding } = context;
  const strangers = clients.filter((client) => !trustsForwarding(client));
  if (strangers.length > 0) {
    const header = forwardedHeader === "forwarded" ? "Forwarded" : "X-Forwarded-For";
    return `If it is a proxy of yours, believe its ${header}${trusting(strangers, "LENGKET_TRUSTED_PROXIES", ": ", context)}`;
  }
  if (forwardedHeader === "none")
    return "Set LENGKET_FORWARDED_HEADER=x-forwarded-for, so that the clients it names are known";
  const header = forwardedHeader === "forwarded" ? "Forwarded" : "X-Forwarded-For";
  return `It is in LENGKET_TRUSTED_PROXIES but names no clients: let it send ${header}`;
}

/** A list may have other values already, so it is added to. */
function trusting(
  strangers: readonly string[],
  setting: string,
  before: string,
  { asTrusted }: LiveAdviceContext,
): string {
  if (strangers.length === 0) return "";
  const values = strangers.map(asTrusted).filter((value) => value !== undefined);
  return values.length < strangers.length
    ? `${before}add the addresses of your proxies to ${setting}`
    : `${before}add ${values.join(",")} to ${setting}`;
}

function heavyRemedies(advice: LiveAdvice, context: LiveAdviceContext): readonly string[] {
  const { speaks, httpGoesBy, backends, natSplit, natSplitShare } = context;
  const remedies: string[] = [];
  const isSplit = natSplit >= 2;
  if (speaks === "http") {
    remedies.push(
      httpGoesBy === "new-session"
        ? "LENGKET_NEW_SESSION=least_conn places its new sessions evenly"
        : "LENGKET_COOKIE_MODE=insert tells the people behind it apart",
    );
  } else {
    remedies.push("LENGKET_BOUNDED_LOAD=1.25 sends on what is too much for a backend");
  }
  const parts = Math.min(backends, Math.max(2, Math.ceil(advice.fairShares)));
  if (isSplit && advice.fairShares <= natSplitShare)
    remedies.push("LENGKET_NAT_SPLIT_SHARE=1 lets LENGKET_NAT_SPLIT spread it");
  else if (parts > natSplit) remedies.push(`LENGKET_NAT_SPLIT=${parts} spreads it over ${parts} backends`);
  if (speaks === "tcp")
    remedies.push("if it is HTTP, LENGKET_MODE=http with its cookie tells the people behind it apart");
  return remedies;
}

function percent(share: number): string {
  return `${(Math.min(1, share) * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
