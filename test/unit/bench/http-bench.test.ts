import { expect } from "chai";
import { findHttp, SETTINGS } from "../../../bench/http/balancers.ts";
import { HTTP_BENCH } from "../../../bench/http/http-bench.ts";
import { haproxyHttpConfig, nginxHttpConfig } from "../../../bench/http/peers.ts";
import { WORKLOADS } from "../../../bench/http/workloads.ts";
import { judge } from "../../../bench/support/goals.ts";
import { type Sample, summarize } from "../../../bench/support/results.ts";
import { textTable } from "../../../bench/support/table.ts";
import { sample } from "./samples.ts";

const BACKENDS = [
  { host: "127.0.1.1", port: 9001 },
  { host: "127.0.1.2", port: 9002 },
];

/** Each balancer at so many µs, in one round of every workload. */
function run(costs: Readonly<Record<string, number>>): readonly Sample[] {
  return WORKLOADS.flatMap(({ id }) =>
    Object.entries(costs).map(([balancer, cpuUs]) => sample(id, balancer, 1, cpuUs)),
  );
}

function missed(costs: Readonly<Record<string, number>>): readonly string[] {
  const verdicts = judge(HTTP_BENCH.goals, run(costs), WORKLOADS);
  return verdicts.filter(({ kept }) => !kept).map(({ text }) => text);
}

describe("the HTTP benchmark", () => {
  it("has a title for everybody, and workloads of different names", () => {
    const titles = HTTP_BENCH.balancers.map((name) => findHttp(name, { lengket: ["true"] }, "1.2.3").title);
    expect(titles).to.deep.equal(["Lengket", "HAProxy", "nginx", "http-proxy-3"]);
    const ids = WORKLOADS.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const { workload, of } of HTTP_BENCH.goals) {
      expect(ids).to.include(workload);
      for (const name of of) expect(HTTP_BENCH.balancers).to.include(name);
    }
  });

  it("runs Lengket in http mode with defaults", () => {
    expect(SETTINGS).to.have.keys("MODE", "COOKIE_NAME", "COOKIE_SECRET");
    expect(SETTINGS["COOKIE_SECRET"]?.length).to.be.at.least(32);
  });

  it("keeps its goals at their edge, and misses each one beyond it", () => {
    expect(missed({ lengket: 12, haproxy: 10, nginx: 11, "http-proxy-3": 30 })).to.deep.equal([]);
    expect(missed({ lengket: 12.1, haproxy: 10, nginx: 11, "http-proxy-3": 31 }).join()).to.match(
      /^close: 1\.21.*MISSED$/,
    );
    expect(missed({ lengket: 12, haproxy: 10, nginx: 9, "http-proxy-3": 30 }).join()).to.match(
      /^keep-alive: 1\.33.*MISSED$/,
    );
    expect(missed({ lengket: 12, haproxy: 10, nginx: 11, "http-proxy-3": 29 }).join()).to.match(
      /http-proxy-3, goal 0\.4/,
    );
    expect(missed({ lengket: 1, nginx: 11, "http-proxy-3": 29 })).to.have.lengthOf(2);
  });

  it("has a table that fits a terminal of 80 columns", () => {
    const summary = summarize(
      run({ lengket: 1234.5, haproxy: 10, "http-proxy-3": 99.9 }),
      WORKLOADS,
      HTTP_BENCH.balancers,
    );
    const titles = {
      workloads: new Map(WORKLOADS.map(({ id, title }) => [id, title])),
      balancers: new Map(HTTP_BENCH.balancers.map((name) => [name, name])),
    };
    const lines = textTable(summary, titles).trimEnd().split("\n");
    expect(lines).to.have.lengthOf(2 + WORKLOADS.length * 3);
    for (const line of lines) expect([...line].length, line).to.be.at.most(80);
    expect(lines.some((line) => line.startsWith("Connection: close, µs lengket"))).to.equal(true);
  });

  it("gives HAProxy a thread, an inserted cookie and its servers", () => {
    const lines = haproxyHttpConfig(BACKENDS, 4711)
      .split("\n")
      .map((line) => line.trim());
    expect(lines).to.include.members([
      "nbthread 1",
      "bind 127.0.0.1:4711",
      "cookie lengket insert indirect nocache",
      "server s1 127.0.1.1:9001 cookie s1",
      "server s2 127.0.1.2:9002 cookie s2",
    ]);
  });

  it("gives nginx connections that it keeps, and no file to write", () => {
    const text = nginxHttpConfig(BACKENDS, 4711, "/tmp/somewhere");
    for (const part of ["listen 127.0.0.1:4711;", "server 127.0.1.2:9002;", "keepalive 64;", "access_log off;"]) {
      expect(text).to.contain(part);
    }
    expect(text).to.contain("hash $visitor consistent;");
    for (const path of text.match(/_temp_path (\S+);/g) ?? []) expect(path).to.contain("/tmp/somewhere/");
  });
});
