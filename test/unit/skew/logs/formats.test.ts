import { expect } from "chai";
import { createHaproxyLines } from "../../../../src/observe/access-line-haproxy.ts";
import { createJsonLines } from "../../../../src/observe/access-line-json.ts";
import { formatFacts, logFormats } from "../../../../src/skew/logs/formats.ts";
import type { LogFormat } from "../../../../src/skew/logs/line-format.ts";
import { AddressList } from "../../../../src/skew/populations/address-list.ts";
import { sampleRecord } from "../../../support/sample-record.ts";
import { sampleBadRequest, sampleRequest } from "../../../support/sample-request.ts";

/** `address ×count`, or the verdict. */
function read(format: LogFormat, line: string): string {
  const found = { words: new Int32Array(4), count: 0 };
  // What stands around a line must not matter.
  const bytes = Buffer.from(`"${line}"`, "latin1");
  const verdict = formatFacts(format).read(bytes, 1, bytes.length - 1, found);
  return verdict === "counted" ? `${new AddressList(found.words).text(0)} ×${found.count}` : verdict;
}

const nginx =
  '203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 2326 "https://shop.example/" "Mozilla/5.0 [en] (X11)"';
const tcplog = "10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0";
const httplog =
  '10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"';
const syslog = "Feb  6 12:12:56 localhost haproxy[14387]: ";

describe("the format combined", () => {
  it("reads nginx's and Apache's lines", () => {
    expect(read("combined", nginx)).to.equal("203.0.113.7 ×1");
    expect(read("combined", nginx.replace("203.0.113.7", "2001:db8::7"))).to.equal("2001:db8::7 ×1");
    expect(read("combined", '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326')).to.equal(
      "127.0.0.1 ×1",
    );
    expect(read("combined", '127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "" 400 0 "-" "-"')).to.equal("127.0.0.1 ×1");
  });

  it("reads users with blanks and brackets in their names", () => {
    expect(read("combined", nginx.replace("- - [", "- Jo [she] Doe ["))).to.equal("203.0.113.7 ×1");
  });

  it("says what is wrong with others", () => {
    expect(read("combined", nginx.replace("203.0.113.7", "gateway.example"))).to.equal("not an address");
    expect(read("combined", nginx.replace("203.0.113.7", "203.0.113.700"))).to.equal("not an address");
    expect(read("combined", nginx.slice(0, 40))).to.equal("not a line of this format");
    expect(read("combined", nginx.replace("[10/Oct", "[1/Oct"))).to.equal("not a line of this format");
    expect(read("combined", "203.0.113.7")).to.equal("not a line of this format");
    expect(read("combined", tcplog)).to.equal("not a line of this format");
  });
});

describe("the formats of HAProxy", () => {
  it("read tcplog and httplog, with or without what syslog puts in front", () => {
    for (const prefix of [
      "",
      syslog,
      '<134>1 2026-11-22T12:30:01.5+00:00 host haproxy 99 - [x@1 y="z"] ',
      "2026-11-22T12:30:01+00:00 host haproxy[9]: ",
    ]) {
      expect(read("haproxy-tcp", prefix + tcplog), prefix).to.equal("10.0.1.2 ×1");
      expect(read("haproxy-http", prefix + httplog), prefix).to.equal("10.0.1.2 ×1");
    }
  });

  it("read httpslog, which says something behind the request", () => {
    const httpslog = `${httplog} 0/0000000000000000/0/0/0 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384`;
    expect(read("haproxy-http", httpslog)).to.equal("10.0.1.2 ×1");
    expect(read("haproxy-tcp", httpslog)).to.equal("passed-over");
  });

  it("tell the port from the last group of IPv6", () => {
    expect(read("haproxy-tcp", tcplog.replace("10.0.1.2", "2001:db8::1"))).to.equal("2001:db8::1 ×1");
    expect(read("haproxy-tcp", tcplog.replace("10.0.1.2", "::ffff:10.0.1.2"))).to.equal("10.0.1.2 ×1");
  });

  it("pass over the lines of the other kind", () => {
    expect(read("haproxy-tcp", httplog)).to.equal("passed-over");
    expect(read("haproxy-http", tcplog)).to.equal("passed-over");
  });

  it("know clients of unix sockets", () => {
    expect(read("haproxy-tcp", tcplog.replace("10.0.1.2:33313", "unix:1"))).to.equal("no-address");
  });

  it("say what is wrong with others", () => {
    expect(read("haproxy-tcp", tcplog.replace("10.0.1.2", "10.0.1"))).to.equal("not an address");
    expect(read("haproxy-tcp", `${syslog}Server bck/srv1 is DOWN, reason: Layer4 timeout`)).to.equal(
      "not a line of this format",
    );
    expect(read("haproxy-tcp", tcplog.replace(".443]", "]"))).to.equal("not a line of this format");
    expect(read("haproxy-tcp", tcplog.replace(":33313", ""))).to.equal("not a line of this format");
    expect(read("haproxy-tcp", nginx)).to.equal("not a line of this format");
  });
});

describe("our own formats", () => {
  const json = createJsonLines('lb "kind":"request" ,"client_ip":"9.9.9.9"');
  const shown = (clientAddress: string, sample?: number) => ({ clientAddress, key: `${clientAddress}/32`, sample });

  it("read what the access log writes, by kind", () => {
    const connection = json.ofConnection(sampleRecord(), shown("203.0.113.77"));
    const request = json.ofRequest(sampleRequest(), shown("2001:db8::5"));
    expect(read("lengket-connections", connection)).to.equal("203.0.113.77 ×1");
    expect(read("lengket-requests", request)).to.equal("2001:db8::5 ×1");
    expect(read("lengket-requests", connection)).to.equal("passed-over");
    expect(read("lengket-connections", request)).to.equal("passed-over");
  });

  it("count a sampled line for all that it stands for", () => {
    expect(read("lengket-connections", json.ofConnection(sampleRecord(), shown("203.0.113.77", 0.25)))).to.equal(
      "203.0.113.77 ×4",
    );
    expect(read("lengket-requests", json.ofRequest(sampleRequest(), shown("203.0.113.77", 0.001)))).to.equal(
      "203.0.113.77 ×1000",
    );
    for (const share of [0, 1.5]) {
      const line = json.ofConnection(sampleRecord(), shown("203.0.113.77", share));
      expect(read("lengket-connections", line), `${share}`).to.equal("not a count");
    }
  });

  it("do not take a request's text for a field", () => {
    const target = '/?a="client_ip":"1.1.1.1","sample":0.5}';
    expect(read("lengket-requests", json.ofRequest(sampleRequest({ target }), shown("203.0.113.77")))).to.equal(
      "203.0.113.77 ×1",
    );
  });

  it("know clients of unix sockets, and pass over the operational log", () => {
    expect(read("lengket-connections", json.ofConnection(sampleRecord(), shown("")))).to.equal("no-address");
    expect(read("lengket-connections", '{"ts":"2026-11-22T12:30:01.123Z","level":"info","message":"ready"}')).to.equal(
      "passed-over",
    );
  });

  it("say what is wrong with others", () => {
    const line = json.ofConnection(sampleRecord(), shown("203.0.113.77"));
    expect(read("lengket-connections", line.slice(0, -1))).to.equal("not a line of this format");
    expect(read("lengket-connections", '{"kind":"connection"}')).to.equal("not a line of this format");
    expect(read("lengket-connections", '{"kind":"banana","client_ip":"1.2.3.4"}')).to.equal(
      "not a line of this format",
    );
    expect(read("lengket-connections", '{"kind":"connection","client_ip":"x"}')).to.equal("not an address");
    expect(read("lengket-connections", nginx)).to.equal("not a line of this format");
  });

  it("read what the access log writes in HAProxy's form", () => {
    const haproxy = createHaproxyLines();
    expect(read("haproxy-tcp", haproxy.ofConnection(sampleRecord(), shown("203.0.113.77")))).to.equal(
      "203.0.113.77 ×1",
    );
    expect(read("haproxy-http", haproxy.ofRequest(sampleRequest(), shown("2001:db8::5")))).to.equal("2001:db8::5 ×1");
    expect(read("haproxy-http", haproxy.ofRequest(sampleBadRequest(), shown("203.0.113.77")))).to.equal(
      "203.0.113.77 ×1",
    );
    const unix = sampleRecord({ client: { address: "", port: 0 } });
    expect(read("haproxy-tcp", haproxy.ofConnection(unix, shown("")))).to.equal("no-address");
  });
});

describe("the format csv", () => {
  it("reads addresses, with a count or without", () => {
    expect(read("csv", "203.0.113.7")).to.equal("203.0.113.7 ×1");
    expect(read("csv", "203.0.113.7,25")).to.equal("203.0.113.7 ×25");
    expect(read("csv", ' "2001:db8::1" , "3" ')).to.equal("2001:db8::1 ×3");
    expect(read("csv", "# comment")).to.equal("passed-over");
  });

  it("says what is wrong with others", () => {
    expect(read("csv", "address,count")).to.equal("not an address");
    expect(read("csv", "203.0.113.7,")).to.equal("not a count");
    expect(read("csv", "203.0.113.7,0")).to.equal("not a count");
    expect(read("csv", "203.0.113.7,-1")).to.equal("not a count");
    expect(read("csv", "203.0.113.7,1.5")).to.equal("not a count");
    expect(read("csv", "203.0.113.7,1,2")).to.equal("not a count");
    expect(read("csv", "203.0.113.7;5")).to.equal("not an address");
    expect(read("csv", nginx)).to.equal("not an address");
  });
});

describe("the table of formats", () => {
  it("has each once, with its unit", () => {
    const names = logFormats.map(({ format }) => format);
    expect(new Set(names).size).to.equal(names.length);
    expect(() => formatFacts("w3c" as LogFormat)).to.throw(RangeError, 'there is no log format "w3c"');
    for (const format of names) expect(formatFacts(format).unit).to.match(/^(connection|request)$/);
  });
});
