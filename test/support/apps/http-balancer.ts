import { balancerOf, type Flags, type RunningBalancer } from "../balancer-of.ts";
import type { Later } from "../close-after-each.ts";
import { startHttpHaproxy } from "./http-peers.ts";

export interface Listed {
  setting(...options: readonly string[]): string;
}
export const SPREAD: Flags = { COOKIE_MODE: "off", NEW_SESSION: "round_robin" };
export async function httpBalancerOf(
  later: Later,
  backends: readonly Listed[],
  flags: Flags = {},
): Promise<RunningBalancer> {
  if (process.env["STANDIN"] !== undefined) {
    const servers = backends.map((b) => { const m = /^(.*)=(.*):(\d+)$/.exec(b.setting())!; return { id: m[1]!, host: m[2]!, port: Number(m[3]) }; });
    const mode = flags["COOKIE_MODE"] ?? "insert";
    const name = flags["COOKIE_NAME"] ?? "lengket";
    const src = (s: string, q: boolean) => { const [k, n] = s.split(":"); return k === "header" ? `hdr(${n})` : k === "query" ? `url_param(${n})` : q ? `cookie(${n})` : `res.cook(${n})`; };
    const learn = mode !== "learn" ? [] : ["stick-table type string len 128 size 10k", ...(flags["LEARN_FROM"] ?? `cookie:${name}`).split(",").map((s) => `stick store-response ${src(s, false)}`), ...(flags["LEARN_LOOKUP"] ?? flags["LEARN_FROM"] ?? `cookie:${name}`).split(",").map((s) => `stick match ${src(s, true)}`)];
    const passive = mode === "passive" ? [`balance hdr(cookie)`] : [];
    const cookie = mode === "insert" ? `${name} insert indirect nocache httponly attr SameSite=Lax` : mode === "prefix" ? `${name} prefix` : undefined;
    const run = await startHttpHaproxy({ program: "/usr/sbin/haproxy", servers, ...(cookie ? { cookie } : {}), lines: [...learn, ...passive, "retries 1", "option redispatch"] });
    later(() => run.stop());
    return run as unknown as RunningBalancer;
  }
  const running = await balancerOf({ MODE: "http", BACKENDS: backends.map((b) => b.setting()).join(","), ...flags });
  later(() => running.balancer.close());
  return running;
}
