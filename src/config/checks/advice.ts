import { parseIpAddress } from "../types/ip-address.ts";
import { type Check, chosen, type Finding, when } from "./check.ts";

/** More points than this take noticeable time and memory to build. */
const MANY_POINTS = 1_000_000;

/** Slots per backend below which Maglev gets uneven (Eisenbud et al., NSDI 2016, section 3.4). */
const MAGLEV_SLOTS_PER_BACKEND = 100;

/** Lists of hops that everybody is in: what a hop says would be believed of any client. */
const believedByAll: readonly Check[] = (["trustedProxies", "proxyProtocolTrusted"] as const).map((about) => ({
  severity: "warning",
  about,
  uses: ["trustedProxies"],
  find: (input) =>
    when(
      chosen(input, about) && input.settings[about].some(({ bits }) => bits === 0),
      "holds every address, so any client can claim to be any other, and pass ALLOW and DENY",
      "name the hops in front and nobody else, e.g. 10.0.0.0/8",
    ),
}));

/** Combinations that work, but hardly as they are meant. */
export const advice: readonly Check[] = [
  ...believedByAll,
  {
    severity: "warning",
    about: "listen",
    uses: ["proxyProtocolIn", "mode"],
    find: ({ settings }) =>
      settings.listen
        // In http mode there are cookies, and a forwarding header of such a peer is believed.
        .filter(
          ({ place, mode, proxyProtocolIn }) => place.kind === "unix" && mode === "tcp" && proxyProtocolIn === "off",
        )
        .map(({ name }) => ({
          value: name,
          problem: "a unix socket knows no client address: all its clients get the same backend",
          hint: "add ;proxy=required and let the program in front send PROXY headers",
        })),
  },
  {
    severity: "warning",
    about: "backends",
    uses: ["backendsFile"],
    find: ({ settings: { backends } }) => [
      ...warn(
        backends.length > 0 && backends.every(({ backup }) => backup),
        "every backend is a backup",
        "remove ;backup from those that should always take clients",
      ),
      ...warn(
        backends.length > 0 && backends.every(({ weight }) => weight === 0),
        "every backend has weight 0: all drain, nobody can be served",
        "give one of them a weight",
      ),
      ...sharedPlaces(backends),
    ],
  },
  {
    severity: "warning",
    about: "backends",
    uses: ["backendsFile", "health"],
    find: ({ settings: { backends, health } }) =>
      backends
        .filter(
          (backend) =>
            backend.health !== undefined && (health === "off" || (health === "tcp" && "path" in backend.health)),
        )
        .map(({ id }) => ({
          value: id,
          problem: `its health= ${health === "off" ? "" : "path "}has no effect: LENGKET_HEALTH is ${health}`,
          hint: "set LENGKET_HEALTH=http",
        })),
  },
  {
    severity: "warning",
    about: "sourceAddresses",
    uses: ["backends", "backendsFile"],
    find: ({ settings: { backends, sourceAddresses } }) => {
      const families = new Set(sourceAddresses.map((address) => parseIpAddress(address)?.bytes.length));
      const without = backends.find(({ host }) => {
        const family = parseIpAddress(host)?.bytes.length;
        return family !== undefined && families.size > 0 && !families.has(family);
      });
      return when(
        without !== undefined,
        `no address of the family of ${without?.id ?? ""} (${without?.host ?? ""})`,
        "add one for each family that backends use",
      );
    },
  },
  {
    severity: "warning",
    about: "hashPolicy",
    uses: [],
    find: ({ settings }) =>
      when(
        settings.hashPolicy === "modulo",
        "modulo moves nearly all clients whenever a backend comes or goes",
        "use ring, rendezvous or maglev",
      ),
  },
  {
    severity: "warning",
    about: "ringVnodes",
    uses: ["hashPolicy", "backends", "backendsFile"],
    find: ({ settings: { hashPolicy, ringVnodes, backends } }) => {
      const points = ringVnodes * backends.reduce((sum, { weight }) => sum + weight, 0);
      return when(
        hashPolicy === "ring" && points > MANY_POINTS,
        `${points} points on the ring (virtual nodes x weights) take long to build`,
        "use smaller weights with the same ratios, or LENGKET_HASH_POLICY=rendezvous",
      );
    },
  },
  {
    severity: "warning",
    about: "maglevTable",
    uses: ["hashPolicy", "backends", "backendsFile"],
    find: ({ settings: { hashPolicy, maglevTable, backends } }) =>
      when(
        hashPolicy === "maglev" &&
          maglevTable >= backends.length &&
          maglevTable < MAGLEV_SLOTS_PER_BACKEND * backends.length,
        `fewer than ${MAGLEV_SLOTS_PER_BACKEND} slots per backend make shares uneven`,
        "use a larger prime, e.g. 65537 or 655373",
      ),
  },
  {
    severity: "warning",
    about: "natSplit",
    uses: ["backends", "backendsFile"],
    find: ({ settings: { natSplit, backends } }) =>
      when(
        natSplit > backends.length && backends.length > 0,
        `there are only ${backends.length} backends to spread over`,
        `use at most ${backends.length}, or 0`,
      ),
  },
  {
    severity: "warning",
    about: "healthTimeoutMs",
    uses: ["health", "healthIntervalMs"],
    find: ({ settings }) =>
      when(
        settings.health !== "off" && settings.healthTimeoutMs > settings.healthIntervalMs,
        "longer than LENGKET_HEALTH_INTERVAL: a backend that hangs is checked less often than that",
        "make it shorter than the interval",
      ),
  },
  {
    severity: "warning",
    about: "healthFastIntervalMs",
    uses: ["health", "healthIntervalMs"],
    find: ({ settings }) =>
      when(
        settings.health !== "off" && settings.healthFastIntervalMs > settings.healthIntervalMs,
        "longer than LENGKET_HEALTH_INTERVAL: checks would slow down while the state is changing",
        "make it shorter than the interval",
      ),
  },
  {
    severity: "warning",
    about: "passive",
    uses: ["health"],
    find: ({ settings }) =>
      when(
        !settings.passive && settings.health === "off",
        "with LENGKET_HEALTH=off too, nothing ever notices that a backend is down",
        "leave one of them on",
      ),
  },
  {
    severity: "warning",
    about: "shutdownQuietMs",
    uses: ["shutdownMinMs", "shutdownTimeoutMs"],
    find: ({ settings: { shutdownMinMs, shutdownQuietMs, shutdownTimeoutMs } }) =>
      when(
        shutdownTimeoutMs > 0 && shutdownQuietMs > (shutdownMinMs + shutdownTimeoutMs) / 2,
        "nobody waits so long: listening ends half way from LENGKET_SHUTDOWN_MIN to LENGKET_SHUTDOWN_TIMEOUT at the latest",
        "make it shorter, or LENGKET_SHUTDOWN_TIMEOUT longer",
      ),
  },
  {
    severity: "warning",
    about: "maxConnectionsPerClient",
    uses: ["maxConnections"],
    find: ({ settings: { maxConnections, maxConnectionsPerClient } }) =>
      when(
        maxConnections !== "auto" && maxConnectionsPerClient > maxConnections,
        "more than LENGKET_MAX_CONNECTIONS: it can never be reached",
        "make it smaller",
      ),
  },
  {
    severity: "warning",
    about: "queue",
    uses: ["onDown", "backends", "backendsFile", "backendMaxConnections"],
    find: ({ settings: { queue, onDown, backends } }) =>
      when(
        queue > 0 && onDown !== "wait" && backends.every(({ maxConnections }) => maxConnections === 0),
        "nothing to wait for: no backend has a ceiling, and LENGKET_ON_DOWN is not wait",
        "set LENGKET_BACKEND_MAX_CONNECTIONS, or max= of backends",
      ),
  },
];

function warn(condition: boolean, problem: string, hint: string): readonly Finding[] {
  return condition ? [{ problem, hint }] : [];
}

function sharedPlaces(
  backends: readonly { readonly id: string; readonly host: string; readonly port: number }[],
): readonly Finding[] {
  const first = new Map<string, string>();
  return backends.flatMap(({ id, host, port }) => {
    const place = `${host} ${port}`;
    const other = first.get(place);
    if (other === undefined) {
      first.set(place, id);
      return [];
    }
    return [
      {
        value: id,
        problem: `the same place as ${other}, counted twice`,
        hint: "use one backend with a larger weight=",
      },
    ];
  });
}
