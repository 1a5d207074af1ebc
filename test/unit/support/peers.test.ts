import { expect } from "chai";
import { haproxyConfig, nginxConfig, nginxStreamModule } from "../../support/peers.ts";

const backends = [
  { host: "127.0.0.1", port: 9001 },
  { host: "::1", port: 9002 },
];

describe("configurations of the peers", () => {
  it("puts IPv6 addresses in brackets", () => {
    const options = { program: "x", backends, host: "::1" };
    expect(haproxyConfig(options, 4000)).to.contain("bind [::1]:4000\n").and.contain("server s2 [::1]:9002\n");
    expect(nginxConfig(options, 4000, "/tmp/x", ""))
      .to.contain("listen [::1]:4000;")
      .and.contain("server [::1]:9002;");
  });

  it("speaks the PROXY protocol only when asked", () => {
    const plain = { program: "x", backends };
    expect(haproxyConfig(plain, 1)).to.not.match(/proxy-v2|accept-proxy|send-proxy/);
    expect(nginxConfig(plain, 1, "/tmp/x", "")).to.not.contain("proxy_protocol");
    const both = { program: "x", backends, acceptsProxyHeader: true, sendsProxyHeader: "v1" } as const;
    expect(haproxyConfig(both, 1))
      .to.contain("bind 127.0.0.1:1 accept-proxy\n")
      .and.contain("127.0.0.1:9001 send-proxy\n");
    expect(haproxyConfig({ ...both, sendsProxyHeader: "v2" }, 1)).to.contain("127.0.0.1:9001 send-proxy-v2\n");
    expect(nginxConfig(both, 1, "/tmp/x", ""))
      .to.contain("listen 127.0.0.1:1 proxy_protocol;")
      .and.contain("proxy_protocol on;");
    expect(() => nginxConfig({ ...both, sendsProxyHeader: "v2" }, 1, "/tmp/x", "")).to.throw("version 1 only");
  });

  it("loads nginx's stream module only when it is a separate file", () => {
    const options = { program: "x", backends };
    expect(nginxConfig(options, 1, "/tmp/x", "")).to.not.contain("load_module");
    expect(nginxConfig(options, 1, "/tmp/x", "/m/s.so")).to.match(/^load_module \/m\/s\.so;\n/);
  });

  it("knows from the build what there is", () => {
    const yes = (): boolean => true;
    const no = (): boolean => false;
    expect(nginxStreamModule("--with-http_ssl_module --with-stream --with-x", no)).to.equal("");
    expect(nginxStreamModule("--modules-path=/m --with-stream=dynamic", yes)).to.equal("/m/ngx_stream_module.so");
    expect(nginxStreamModule("--modules-path=/m --with-stream=dynamic", no)).to.equal(undefined);
    expect(nginxStreamModule("--with-stream_ssl_module --with-http_v2_module", yes)).to.equal(undefined);
  });
});
