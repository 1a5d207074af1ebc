import { expect } from "chai";
import type { Shown } from "../../../src/observe/access-line.ts";
import { createHaproxyLines } from "../../../src/observe/access-line-haproxy.ts";
import { createJsonLines } from "../../../src/observe/access-line-json.ts";
import { createLogfmtLines } from "../../../src/observe/access-line-logfmt.ts";
import { sampleRecord } from "../../support/sample-record.ts";
import { sampleBadRequest, sampleRequest } from "../../support/sample-request.ts";

const shown: Shown = { clientAddress: "203.0.113.77", key: "203.0.113.77/32", sample: undefined };
/** What somebody sends who would like to have a line, or a field, of his own. */
const HOSTILE = '/a"b c\r\n{"status":200}#\u009b31m\xe9\\';

describe("request line, json", () => {
  const { ofRequest: line, ofConnection } = createJsonLines("lb1");

  it("names the line of its connection", () => {
    const request = JSON.parse(line(sampleRequest({ connectionId: 7 }), shown));
    const connection = JSON.parse(ofConnection(sampleRecord({ id: 7 }), shown));
    expect(request["connection_id"]).to.equal(connection["id"]);
    expect([request["kind"], connection["kind"]]).to.deep.equal(["request", "connection"]);
  });

  it("says null for what is not there, -1 for a status that was not sent and for steps not reached", () => {
    const fields = JSON.parse(line(sampleBadRequest({ status: -1, refusal: undefined }), shown));
    expect(fields).to.include({ backend: null, home: null, reason: null, refusal: null, status: -1, method: "" });
    expect(fields).to.include({ t_head: -1, t_queue: -1, t_connect: -1, t_response: -1, t_total: 15.5 });
  });

  it("is one line of JSON, whatever the client sent", () => {
    const text = line(sampleRequest({ method: HOSTILE, target: HOSTILE }), shown);
    expect(text).to.match(/^[^\p{Cc}]*$/u);
    expect(JSON.parse(text)).to.include({ method: HOSTILE, target: HOSTILE, status: 200 });
  });
});

describe("request line, logfmt", () => {
  const { ofRequest: line } = createLogfmtLines("lb1");

  it("has the fields of the JSON line in the same order", () => {
    const full = sampleRequest({ via: { address: "10.0.0.1", port: 5000 }, refusal: "chunk-size", target: "/" });
    const names = line(full, { ...shown, sample: 0.5 }).match(/(?<=^| )[a-z_]+(?==)/g);
    expect(names).to.deep.equal(
      Object.keys(JSON.parse(createJsonLines("lb1").ofRequest(full, { ...shown, sample: 0.5 }))),
    );
  });

  it("is one line, whatever the client sent; an empty target is quoted", () => {
    expect(line(sampleRequest({ target: HOSTILE }), shown)).to.include(
      ` target=${JSON.stringify(HOSTILE).replace("\u009b", "\\u009b")} version=1.1 `,
    );
    expect(line(sampleBadRequest(), shown)).to.include(' method="" target="" ');
  });
});

describe("request line, haproxy", () => {
  const { ofRequest: line } = createHaproxyLines();
  const startedAtMs = new Date(2026, 10, 22, 12, 30, 1, 123).getTime();

  it("is the httplog line", () => {
    expect(line(sampleRequest({ startedAtMs }), shown)).to.equal(
      '203.0.113.77:40123 [22/Nov/2026:12:30:01.123] web lengket/app1 0/0/0/12/15 200 212 - - --VN 4/3/3/1/0 0/0 "GET /cart?item=3 HTTP/1.1"',
    );
  });

  it("is that of a bad request when the request line could not be read, on the frontend's own account", () => {
    const bad =
      '203.0.113.77:40123 [22/Nov/2026:12:30:01.123] web web/<NOSRV> -1/-1/-1/-1/15 400 212 - - PR-- 4/3/3/0/0 0/0 "<BADREQ>"';
    expect(line(sampleBadRequest({ startedAtMs }), shown)).to.equal(bad);
    expect(line(sampleBadRequest({ startedAtMs, method: "GET" }), shown)).to.equal(bad);
    expect(line(sampleBadRequest({ startedAtMs, target: "/" }), shown)).to.equal(bad);
  });

  it("shows the request line of a refused request where there is one", () => {
    const refused = sampleBadRequest({ method: "GET", target: "/", minorVersion: 0, refusal: "host-repeated" });
    expect(line(refused, shown)).to.match(/ web\/<NOSRV> .* 400 212 - - PR-- .*"GET \/ HTTP\/1\.0"$/);
  });

  it("never lets the steps add up to more than their total", () => {
    const times = { headMs: 0.6, queueMs: 0.6, connectMs: 1.6, responseMs: 2.6, totalMs: 5.4 };
    expect(line(sampleRequest(times), shown)).to.include(" 0/0/1/2/5 200 ");
  });

  it("names the one backend proxy as soon as a backend was to be chosen", () => {
    const none = { backend: undefined, status: 503, state: "SCNN" } as const;
    expect(line(sampleRequest({ ...none, phase: "choose" }), shown)).to.include(" web lengket/<NOSRV> ");
    expect(line(sampleRequest({ ...none, phase: "request" }), shown)).to.include(" web web/<NOSRV> ");
  });

  it("counts retries, with a + when another backend was used", () => {
    expect(line(sampleRequest({ attempts: 3 }), shown)).to.include(" 4/3/3/1/2 0/0 ");
    expect(line(sampleRequest({ attempts: 2, redispatched: true }), shown)).to.include(" 4/3/3/1/+1 0/0 ");
  });

  it("escapes each byte of the client, so that the columns stay", () => {
    const text = line(sampleRequest({ target: HOSTILE }), shown);
    expect(text).to.match(/ "GET \/a#22b#20c#0D#0A\{#22status#22:200\}#23#9B31m#E9\\ HTTP\/1\.1"$/);
    expect(text.split(" ")).to.have.length(15);
  });

  it("shows the client that is shown, and a unix socket as HAProxy does", () => {
    expect(line(sampleRequest(), { ...shown, clientAddress: "203.0.113.0" })).to.match(/^203\.0\.113\.0:40123 \[/);
    expect(line(sampleRequest({ client: { address: "", port: 0 } }), shown)).to.match(/^unix:1 \[/);
  });
});
