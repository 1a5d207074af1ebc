import { heaviestBackendLoad } from "../measures/concentration.ts";
import { type AdviceContext, type Finding, finding } from "./advice.ts";
import { type Carrier, measuredOf, type StudyFigures } from "./study-figures.ts";
import { HEAVY_FAIR_SHARES, heavyCarriers, isEven, LEAST_TRAFFIC, likelyProxies, MOST_NAMED } from "./thresholds.ts";
import { capital, count, listed, percent, shares, thousands, times } from "./wording.ts";

/** A max/avg that does not round to 1. */
const ABOVE_ONE = 1.005;
/** n_eff below this part of the addresses is worth a word. */
const FEW_EFFECTIVE = 0.5;

/** How well the counts bear a judgement at all. */
export function countFindings({ noun, concentration }: StudyFigures, context: AdviceContext): readonly Finding[] {
  const { total, addresses, effectiveAddresses } = concentration;
  const { errorAtMost } = context;
  const from = `${count(total, noun.slice(0, -1))} from ${count(addresses, "address", "addresses")}`;
  const findings: Finding[] = [];
  if (total < LEAST_TRAFFIC) {
    findings.push(
      finding("little-traffic", { total, addresses }, [
        `There ${total === 1 ? "is" : "are"} only ${from}: too few to judge by.${noun === "users" ? "" : " Take a longer log."}`,
      ]),
    );
  }
  if (errorAtMost > 0 && total > 0) {
    findings.push(
      finding("approximate-counts", { errorAtMost, share: errorAtMost / total, effectiveAddresses }, [
        `There are more clients than are counted one by one, so these figures are approximate: a count may be too high by up to ${thousands(Math.ceil(errorAtMost))} (${percent(errorAtMost / total)} of all ${noun}).`,
      ]),
    );
  }
  return findings;
}

/** Who hides the clients; empty when nobody does. */
export function proxyFindings(figures: StudyFigures, context: AdviceContext): readonly Finding[] {
  const proxies = likelyProxies(figures);
  const [first] = proxies;
  if (first === undefined) return [];
  const share = proxies.reduce((sum, proxy) => sum + proxy.share, 0);
  const addresses = proxies.map(({ address }) => address);
  const how = howToTrust(context);
  if (proxies.length > 1) {
    return [
      finding("perhaps-proxies", { addresses, share }, [
        `${percent(share)} of the ${figures.noun} come from ${addresses.length} addresses: ${listed(addresses.map((address, i) => `${oneOf(address)} (${percent(proxies[i]?.share ?? 0)})`))}.`,
        `If these are proxies or load balancers of yours, the clients are hidden behind them: ${how}.`,
      ]),
    ];
  }
  return [
    finding("behind-a-proxy", { address: first.address, share }, [
      `${percent(share)} of the ${figures.noun} come from ${oneOf(first.address).replace("one in", "one address in")}: you are behind a proxy.`,
      "All clients of a proxy share its address, so every hash of the address sends them to one backend.",
      `The proxy has to say who they are: ${how}.`,
      "The other figures are about the proxy, not about your clients. Take a log that has the addresses of the clients, and ask again.",
    ]),
  ];
}

function howToTrust({ mode }: AdviceContext): string {
  const tcp = "set LENGKET_PROXY_PROTOCOL_IN and LENGKET_TRUSTED_PROXIES, and let it send PROXY headers";
  const http = "set LENGKET_TRUSTED_PROXIES, and the client is read from X-Forwarded-For";
  if (mode === "tcp") return tcp;
  return mode === "http" ? http : `in tcp mode ${tcp}; in http mode ${http}`;
}

/** What the addresses force on every hash of the address. */
export function addressFindings(figures: StudyFigures): readonly Finding[] {
  const { noun, backends, concentration, carriers, floor, smallestShare, largestShare } = figures;
  const { addresses, effectiveAddresses, heaviestShare } = concentration;
  const heavy = heavyCarriers(figures);
  const [heaviest] = heavy;
  const findings: Finding[] = [];
  if (heaviest !== undefined) {
    const share = heavy.reduce((sum, carrier) => sum + carrier.share, 0);
    const expected = heaviestBackendLoad(heaviestShare, largestShare);
    const sentences = [nameCarriers(heavy, share, carriers.length, noun)];
    if (floor > ABOVE_ONE) {
      sentences.push(`Address hashing cannot go below ${times(floor)} fair share: that is the heaviest address alone.`);
    }
    sentences.push(
      `The backend that gets ${isMasked(heaviest.address) ? "the heaviest address" : heaviest.address} has to expect ${times(expected)} its fair share: that address, and its part of all others.`,
    );
    if (effectiveAddresses < FEW_EFFECTIVE * addresses) {
      sentences.push(
        `The ${count(addresses, "address", "addresses")} spread as unevenly as ${thousands(effectiveAddresses)} of equal weight.`,
      );
    }
    const named = heavy.map(({ address }) => address);
    findings.push(
      finding("heavy-addresses", { addresses: named, share, floor, expected, effectiveAddresses }, sentences),
    );
    if (smallestShare < largestShare * 0.999) findings.push(weightFinding(figures, heaviest));
  } else if (backends > 1 && addresses >= backends) {
    if (!isEven(figures)) findings.push(fewFinding(figures));
  }
  if (addresses < backends) {
    const idle = backends - addresses;
    findings.push(
      finding("fewer-addresses-than-backends", { addresses, backends, idle }, [
        `There are fewer addresses (${addresses}) than backends (${backends}): a hash of the address leaves ${idle === 1 ? "one backend" : `${idle} backends`} or more without anybody.`,
      ]),
    );
  }
  return findings;
}

/** Of an address that must not be shown, its network is. */
function isMasked(address: string): boolean {
  return address.includes("/");
}

function oneOf(address: string): string {
  return isMasked(address) ? `one in ${address}` : address;
}

function nameCarriers(heavy: readonly Carrier[], share: number, known: number, noun: string): string {
  const named = heavy.slice(0, MOST_NAMED).map(({ address, share: own }) => `${oneOf(address)} (${percent(own)})`);
  const [only] = heavy;
  if (heavy.length === 1 && only !== undefined) {
    return `${capital(percent(share))} of your ${noun} come from one address${isMasked(only.address) ? " in" : ","} ${only.address}.`;
  }
  const more = heavy.length - named.length;
  const names = more === 0 ? listed(named) : `${named.join(", ")} and ${more} more`;
  // A study knows no more than these: there may be others.
  const all = heavy.length === known && known >= 10 ? `the ${known} heaviest addresses` : `${heavy.length} addresses`;
  return `${capital(percent(share))} of your ${noun} come from ${all}: ${names}.`;
}

function weightFinding({ smallestShare, largestShare, noun }: StudyFigures, { address, share }: Carrier): Finding {
  const onSmallest = share / smallestShare;
  return finding("unequal-weights", { smallestShare, largestShare, onSmallest, onLargest: share / largestShare }, [
    `The weights differ: a fair share is from ${percent(smallestShare)} to ${percent(largestShare)} of the ${noun}. On a backend with the smallest weight ${isMasked(address) ? "the heaviest address" : address} alone is ${shares(onSmallest)} fair shares.`,
  ]);
}

function fewFinding({ noun, backends, concentration, theoreticalCv }: StudyFigures): Finding {
  const { addresses, effectiveAddresses } = concentration;
  const uneven = effectiveAddresses < FEW_EFFECTIVE * addresses;
  const as = uneven ? `, which spread as unevenly as ${thousands(effectiveAddresses)} of equal weight` : "";
  return finding("few-addresses", { addresses, effectiveAddresses, backends, theoreticalCv }, [
    `No address is heavy by itself, but the ${noun} come from ${thousands(addresses)} addresses${as}: not enough for chance to even out over ${backends} backends.`,
    `Whatever the hash, backends have to expect about ${percent(theoreticalCv)} more or less than their fair share (one standard deviation).`,
  ]);
}

/** What hashes that look at a part of the address would make of these addresses, and what our own prefixes do. */
export function prefixFindings(figures: StudyFigures, context: AdviceContext): readonly Finding[] {
  const { noun, backends } = figures;
  const { heaviestPool: pool, shareV6 } = context.addresses;
  const findings: Finding[] = [];
  if (
    pool !== undefined &&
    backends > 1 &&
    pool.share * backends >= HEAVY_FAIR_SHARES &&
    pool.heaviestShare < pool.share / 2
  ) {
    const nginx = measuredOf(figures, "nginx-ip-hash");
    const measured = nginx === undefined ? "" : ` (measured: ${times(nginx.evenness.maxOverAvg)})`;
    findings.push(
      finding("address-pool", { network: pool.network, addresses: pool.addresses, share: pool.share }, [
        `${capital(percent(pool.share))} of the ${noun} come from ${pool.addresses} addresses of one pool, ${pool.network}, as carriers have them.`,
        `Of an IPv4 address nginx ip_hash looks at the first three numbers only, so one backend gets them all${measured}. Lengket hashes the whole address.`,
      ]),
    );
  }
  if (context.prefixV4 < 32 && heavyCarriers(figures).length > 0) {
    findings.push(
      finding("short-prefix", { prefixV4: context.prefixV4 }, [
        `With LENGKET_CLIENT_PREFIX_V4=${context.prefixV4} all addresses of a network are one client. With 32 each stands for itself.`,
      ]),
    );
  }
  if (context.prefixV6 > 64 && shareV6 > 0) {
    findings.push(
      finding("long-prefix", { prefixV6: context.prefixV6, shareV6 }, [
        `Over IPv6, where ${percent(shareV6)} of the ${noun} come from, devices change their address within a /64 every day. With LENGKET_CLIENT_PREFIX_V6=${context.prefixV6} they lose their backend then; with 64 they keep it.`,
      ]),
    );
  }
  return findings;
}
