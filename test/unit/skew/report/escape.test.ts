import { expect } from "chai";
import fc from "fast-check";
import { escapeXml } from "../../../../src/skew/report/escape.ts";
import { html, trusted } from "../../../../src/skew/report/page/markup.ts";

describe("escaping for XML and HTML", () => {
  it("leaves nothing that could end a text or an attribute", () => {
    expect(escapeXml(`<script>alert("x")</script> & 'y'`)).to.equal(
      "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;",
    );
    expect(escapeXml("München, 日本, 😀\n")).to.equal("München, 日本, 😀\n");
  });

  it("replaces what XML does not allow at all", () => {
    expect(escapeXml("a\u0000b\u001bc\ud800d\ufffee")).to.equal("a\ufffdb\ufffdc\ufffdd\ufffde");
  });

  it("can be undone for every text that XML allows", () => {
    const undo = (text: string): string =>
      text.replace(
        /&(lt|gt|amp|quot|#39);/g,
        (_, name: string) => ({ lt: "<", gt: ">", amp: "&", quot: '"' })[name] ?? "'",
      );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(escapeXml(text)).to.not.match(/[<>"']/);
        expect(undo(escapeXml(text))).to.equal(undo(escapeXml(undo(escapeXml(text)))));
        if (!text.includes("\ufffd") && !escapeXml(text).includes("\ufffd"))
          expect(undo(escapeXml(text))).to.equal(text);
      }),
    );
  });

  it("happens to every value of a template but to markup", () => {
    const list = ["<i>", html`<b>${"&"}</b>`];
    expect(html`<p title="${'"'}">${list}${1}${trusted("<hr>")}</p>`.html).to.equal(
      '<p title="&quot;">&lt;i&gt;<b>&amp;</b>1<hr></p>',
    );
  });
});
