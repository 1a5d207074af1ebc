import type { Backend } from "../../model/backend.ts";
import { MOST_RING_POINTS } from "../../model/hash-table.ts";
import type { ListenAddress, ListenPlace } from "../../model/listen-address.ts";
import type { AdminListen } from "../types/admin-listen.ts";
import { type Check, type Finding, when } from "./check.ts";

/** Combinations that cannot work. */
export const contradictions: readonly Check[] = [
  {
    severity: "error",
    about: "backends",
    uses: ["backendsFile"],
    find: ({ raw }) =>
      when(
        raw.backends.length === 0 && raw.backendsFile === undefined,
        "required: there is no backend",
        "write LENGKET_BACKENDS=app1=10.0.0.11:3000 or --backend localhost:3001, or set LENGKET_BACKENDS_FILE; lengket demo brings servers of its own",
      ),
  },
  {
    severity: "error",
    about: "backends",
    uses: ["backendsFile", "listen"],
    find: ({ settings: { backends, listen } }) => findLoops(backends, listen),
  },
  {
    severity: "error",
    about: "adminListen",
    uses: ["listen"],
    find: ({ settings: { adminListen, listen } }) => {
      const same = listen.find(({ place }) => isSamePlace(place, adminListen));
      return when(
        same !== undefined,
        `clients connect there (${same?.name ?? ""})`,
        "choose another port, e.g. LENGKET_ADMIN_LISTEN=127.0.0.1:8405",
      );
    },
  },
  {
    severity: "error",
    about: "reusePort",
    uses: [],
    find: ({ settings, nodeVersion }) =>
      when(
        settings.reusePort && !isAtLeast(nodeVersion, 22, 12),
        `needs Node 22.12 or newer, this is ${nodeVersion}`,
        "use a newer Node, or LENGKET_REUSE_PORT=false",
      ),
  },
  {
    severity: "error",
    about: "proxyProtocolTrusted",
    uses: ["trustedProxies", "proxyProtocolIn", "listen"],
    find: ({ settings: { listen, proxyProtocolTrusted } }) =>
      listen
        // Only processes that may open its path can connect to a unix socket: the file system is its trust.
        .filter(({ place, proxyProtocolIn }) => place.kind !== "unix" && proxyProtocolIn !== "off")
        .slice(0, proxyProtocolTrusted.length > 0 ? 0 : 1)
        .map(({ name, proxyProtocolIn }) => ({
          problem: `empty, but ${name} has PROXY headers ${proxyProtocolIn}: nobody would be believed`,
          hint: "name the hops in front, e.g. LENGKET_PROXY_PROTOCOL_TRUSTED=10.0.0.0/8",
        })),
  },
  {
    severity: "error",
    about: "failBack",
    uses: ["overflowPinMs"],
    find: ({ settings }) =>
      when(
        settings.failBack === "new" && settings.overflowPinMs === 0,
        "clients can stay only while they are pinned, and LENGKET_OVERFLOW_PIN is 0",
        "set LENGKET_OVERFLOW_PIN=10m, or LENGKET_FAIL_BACK=now",
      ),
  },
  {
    severity: "error",
    about: "natSplit",
    uses: ["hashKey"],
    find: ({ settings }) =>
      when(
        settings.natSplit > 0 && settings.hashKey === "client_ip_port",
        "with LENGKET_HASH_KEY=client_ip_port every connection is placed by itself, so no address is heavy",
        "set LENGKET_HASH_KEY=client_ip, or LENGKET_NAT_SPLIT=0",
      ),
  },
  {
    severity: "error",
    about: "ringVnodes",
    uses: ["hashPolicy", "backends", "backendsFile"],
    find: ({ settings: { hashPolicy, ringVnodes, backends } }) => {
      const points = ringVnodes * Math.max(totalWeight(backends, false), totalWeight(backends, true));
      return when(
        hashPolicy === "ring" && points > MOST_RING_POINTS,
        `the ring would have ${points} points (virtual nodes x weights), more than ${MOST_RING_POINTS}`,
        "use smaller weights with the same ratios, fewer virtual nodes, or LENGKET_HASH_POLICY=rendezvous",
      );
    },
  },
  {
    severity: "error",
    about: "maglevTable",
    uses: ["hashPolicy", "backends", "backendsFile"],
    find: ({ settings: { hashPolicy, maglevTable, backends } }) =>
      when(
        hashPolicy === "maglev" && maglevTable < backends.length,
        `${backends.length} backends do not fit into ${maglevTable} slots`,
        "set LENGKET_MAGLEV_TABLE to a prime of at least 100 per backend",
      ),
  },
  {
    severity: "error",
    about: "healthExpectBody",
    uses: ["health", "healthMethod"],
    find: ({ settings }) =>
      when(
        settings.health === "http" && settings.healthMethod === "HEAD" && settings.healthExpectBody !== undefined,
        "an answer to HEAD has no body",
        "set LENGKET_HEALTH_METHOD=GET",
      ),
  },
  {
    severity: "error",
    about: "healthInitial",
    uses: ["health"],
    find: ({ settings }) =>
      when(
        settings.healthInitial === "down" && settings.health === "off",
        "without checks no backend would ever come up",
        "set LENGKET_HEALTH=tcp, or LENGKET_HEALTH_INITIAL=up",
      ),
  },
  {
    severity: "error",
    about: "healthProxyProtocol",
    uses: ["proxyProtocolOut"],
    find: ({ raw }) =>
      when(
        raw.healthProxyProtocol === true && raw.proxyProtocolOut === "off",
        "there is no header to send while LENGKET_PROXY_PROTOCOL_OUT is off",
        "set LENGKET_PROXY_PROTOCOL_OUT=v2, or leave this unset",
      ),
  },
  {
    severity: "error",
    about: "ejectMaxTimeMs",
    uses: ["ejectTimeMs"],
    find: ({ settings }) =>
      when(
        settings.ejectMaxTimeMs < settings.ejectTimeMs,
        "shorter than LENGKET_EJECT_TIME, the first ejection",
        "make it at least as long",
      ),
  },
  {
    severity: "error",
    about: "shutdownMinMs",
    uses: ["shutdownTimeoutMs"],
    find: ({ settings }) =>
      when(
        settings.shutdownMinMs > settings.shutdownTimeoutMs,
        "longer than LENGKET_SHUTDOWN_TIMEOUT, the hard end",
        "make LENGKET_SHUTDOWN_TIMEOUT longer than both together need",
      ),
  },
];

const LOCAL_HOSTS = /^(?:127\.[\d.]+|::1|localhost|0\.0\.0\.0|::)$/;

/** A backend that is the balancer itself would make every connection go round until the descriptors are used up. */
function findLoops(backends: readonly Backend[], listen: readonly ListenAddress[]): readonly Finding[] {
  return backends.flatMap(({ id, host, port }) => {
    const own = listen.find(({ place }) => {
      if (place.kind !== "tcp" || place.port !== port) return false;
      const everywhere = place.host === undefined || place.host === "0.0.0.0" || place.host === "::";
      return place.host === host || (everywhere && LOCAL_HOSTS.test(host));
    });
    return own === undefined
      ? []
      : [
          {
            value: id,
            problem: `the balancer itself listens there (${own.name})`,
            hint: "give the backend another port",
          },
        ];
  });
}

function isSamePlace(place: ListenPlace, admin: AdminListen): boolean {
  if (admin === "off") return false;
  if (place.kind === "unix") return admin.kind === "unix" && place.path === admin.path;
  if (place.kind !== "tcp" || admin.kind !== "tcp" || place.port !== admin.port || admin.port === 0) return false;
  const everywhere = place.host === undefined || place.host === (admin.host.includes(":") ? "::" : "0.0.0.0");
  return everywhere || place.host === admin.host;
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.replace(/^v/, "").split(".").map(Number);
  return a > major || (a === major && b >= minor);
}

/** Of the primary or of the backup backends: each have a table of their own. */
function totalWeight(backends: readonly Backend[], backup: boolean): number {
  return backends.reduce((sum, backend) => (backend.backup === backup ? sum + backend.weight : sum), 0);
}
