import type { AdviceContext, SettingsBlock } from "./advice.ts";
import { isAsEven } from "./method-findings.ts";
import { helpfulSplit, preferredBound } from "./remedy-findings.ts";
import {
  type Carrier,
  loadShare,
  measuredOf,
  mostEven,
  ownTables,
  referenceTable,
  returning,
  type StudyFigures,
} from "./study-figures.ts";
import { heavyCarriers, isEven, likelyProxies, SAME_LOAD } from "./thresholds.ts";
import { times } from "./wording.ts";

/** Settings that would help with this study, the best first. */
export function settingsBlocks(figures: StudyFigures, context: AdviceContext): readonly SettingsBlock[] {
  const proxies = likelyProxies(figures);
  const prefixes = prefixBlocks(figures, context);
  // Whatever would help against one address is wrong when that address is not a client.
  if (proxies.length === 1) return [...proxyBlocks(proxies, context), ...prefixes];
  if (figures.backends === 1) return prefixes;
  if (isEven(figures)) return [...prefixes, ...tableBlocks(figures)];
  const cookies = cookieBlocks(figures, context);
  const bounds = [...boundBlocks(figures), ...splitBlocks(figures)];
  const remedies = context.mode === "tcp" ? [...bounds, ...cookies] : [...cookies, ...bounds];
  return [...proxyBlocks(proxies, context), ...prefixes, ...remedies];
}

function proxyBlocks(proxies: readonly Carrier[], context: AdviceContext): readonly SettingsBlock[] {
  const hops = proxies.map(({ address }) => trustedHop(address, context));
  if (hops.length === 0 || hops.includes(undefined)) return [];
  const trusted = `LENGKET_TRUSTED_PROXIES=${hops.join(",")}`;
  const who = hops.length === 1 ? "the proxy" : "these proxies";
  const warning = `Only if ${hops.join(", ")} ${hops.length === 1 ? "is" : "are"} yours: whoever is trusted can claim to be any client.`;
  const blocks: SettingsBlock[] = [];
  if (context.mode !== "http") {
    blocks.push({
      title: "Learn the clients from PROXY headers (tcp mode)",
      lines: ["LENGKET_PROXY_PROTOCOL_IN=required", trusted],
      why: `Then ${who} says whose connection it is, and each client is hashed by itself.`.replace(
        "these proxies says",
        "these proxies say",
      ),
      cost: `The proxy has to send PROXY headers, version 1 or 2; without one it is turned away. ${warning}`,
    });
  }
  if (context.mode !== "tcp") {
    blocks.push({
      title: "Learn the clients from X-Forwarded-For (http mode)",
      lines: ["LENGKET_MODE=http", trusted],
      why: "Every request is then placed by itself: by its cookie, or by the address that the proxy names.",
      cost: `The proxy has to send the header X-Forwarded-For, and plain http. ${warning}`,
    });
  }
  return blocks;
}

/** An address as TRUSTED_PROXIES takes it; undefined when it is not known whole: a stranger's network must not be trusted. */
function trustedHop(address: string, { masked, prefixV4, prefixV6 }: AdviceContext): string | undefined {
  if (masked || address.includes("/")) return undefined;
  if (!address.includes(":")) return prefixV4 === 32 ? address : undefined;
  // A /64 is one link, and whoever is on it can take any of its addresses.
  return prefixV6 >= 64 ? `${address}/${prefixV6}` : undefined;
}

function prefixBlocks(figures: StudyFigures, context: AdviceContext): readonly SettingsBlock[] {
  const blocks: SettingsBlock[] = [];
  if (context.prefixV4 < 32 && heavyCarriers(figures).length > 0) {
    blocks.push({
      title: "Let every IPv4 address stand for itself",
      lines: ["LENGKET_CLIENT_PREFIX_V4=32"],
      why: "The clients of one network are then spread over the backends.",
      cost: "Clients that change their address within a network lose their backend then, and most clients move once.",
    });
  }
  if (context.prefixV6 > 64 && context.addresses.shareV6 > 0) {
    blocks.push({
      title: "Take a /64 for one client",
      lines: ["LENGKET_CLIENT_PREFIX_V6=64"],
      why: "Devices change their address within a /64 every day, and keep their backend then.",
      cost: "Devices of one household share a backend, as they do with IPv4, and most IPv6 clients move once.",
    });
  }
  return blocks;
}

function tableBlocks(figures: StudyFigures): readonly SettingsBlock[] {
  const best = mostEven(ownTables(figures));
  const ring = measuredOf(figures, "ring");
  if (best === undefined || ring === undefined || isAsEven(ring, best)) return [];
  return [
    {
      title: `Use ${best.policy.title}`,
      lines: best.policy.configuration,
      why: `With these clients it gives ${times(best.evenness.maxOverAvg)} where the ring gives ${times(ring.evenness.maxOverAvg)}.`,
      cost: "All replicas need the same setting; when it changes, most clients move once.",
    },
  ];
}

function cookieBlocks(figures: StudyFigures, { mode }: AdviceContext): readonly SettingsBlock[] {
  const cookie = measuredOf(figures, "sticky-cookie");
  const reference = referenceTable(figures);
  if (cookie === undefined || reference === undefined) return [];
  if (reference.evenness.maxOverAvg - cookie.evenness.maxOverAvg <= SAME_LOAD) return [];
  const needs =
    mode === "http"
      ? "Clients that keep no cookies get another backend at each visit."
      : "It needs HTTP/1.1 in plain text: TLS ends in front of Lengket. Clients that keep no cookies get another backend at each visit.";
  return [
    {
      title: "Sticky cookies, for http",
      lines: cookie.policy.configuration,
      why: `Each browser is placed by itself, so shared addresses do not matter: ${times(cookie.evenness.maxOverAvg)} instead of ${times(reference.evenness.maxOverAvg)}.`,
      cost: `${needs} Set LENGKET_COOKIE_SECRET too (openssl rand -base64 32), so that nobody can make cookies up.`,
    },
  ];
}

function boundBlocks(figures: StudyFigures): readonly SettingsBlock[] {
  const bound = preferredBound(figures);
  const reference = referenceTable(figures);
  if (bound === undefined || reference === undefined) return [];
  const { stickiness, policy, evenness } = bound;
  const broken =
    stickiness === undefined
      ? `Some of ${returning(figures)} find another backend than the last time.`
      : `With this traffic ${loadShare(figures, stickiness.overflowShare)} of the ${figures.visits} leave their home, and ${loadShare(figures, stickiness.breakRate)} of ${returning(figures)} find another backend than the last time.`;
  return [
    {
      title: "A bounded load, for any protocol",
      lines: policy.configuration,
      why: `The fullest backend has ${times(evenness.maxOverAvg)} instead of ${times(reference.evenness.maxOverAvg)}.`,
      cost: `${broken} Only for services that can bear it.`,
    },
  ];
}

function splitBlocks(figures: StudyFigures): readonly SettingsBlock[] {
  const split = helpfulSplit(figures);
  const reference = referenceTable(figures);
  if (split === undefined || reference === undefined) return [];
  const { stickiness, policy, evenness } = split;
  const rate =
    stickiness === undefined ? "" : ` (measured: ${loadShare(figures, stickiness.breakRate)} of ${returning(figures)})`;
  return [
    {
      title: "Split heavy addresses over several backends",
      lines: policy.configuration,
      why: `Only heavy addresses are touched: ${times(evenness.maxOverAvg)} instead of ${times(reference.evenness.maxOverAvg)}.`,
      cost: `People behind a heavy address may find another backend${rate}. Where a carrier's NAT gives each of them a block of ports, LENGKET_NAT_SPLIT_KEY=port-block keeps them.`,
    },
  ];
}
