import { count } from "../../advice/wording.ts";
import type { DrawnPlot, PlotName } from "../draw-plots.ts";
import { plotFileName } from "../draw-plots.ts";
import type { SimulationResult } from "../simulation-result.ts";
import { changesSection } from "./changes-section.ts";
import { clientsSection } from "./clients-section.ts";
import { comparisonSection, overTimeSection } from "./comparison-section.ts";
import { html, type Markup, trusted } from "./markup.ts";
import { limitsSection, methodSection } from "./method-section.ts";
import { pageStyle } from "./page-style.ts";

/** Nothing may be loaded and nothing may run, even if something got in that should not have. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The report as one HTML page that needs nothing else: no scripts, no network. Everything that came from files is escaped.
 * @param plots - of the same result
 */
export function reportPage(result: SimulationResult, plots: readonly DrawnPlot[]): string {
  const { placement, program } = result;
  const title = `Sticky balancing of ${placement.population.name} on ${count(placement.backends.length, "backend")}`;
  const plot = (name: PlotName, caption: string): Markup => figure(plots, name, caption);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Lengket ${program.version}">
<title>${title}</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<main>
<header>
<p class="muted">Lengket ${program.version}, simulation, seed ${result.seed}</p>
<h1>${title}</h1>
<p>${placement.population.title}</p>
</header>
${verdictSection(result)}
${clientsSection(result)}
${comparisonSection(result)}
${plot("load-per-backend", "One bar for each backend, in the order of the list.")}
${plot(
  "heaviest-address",
  "Another population, to see the rule: 10,000 users, of whom more and more sit in one office, on the same backends.",
)}
${changesSection(result)}
${plot("moved-keys", "With a bounded load, those who would have moved without any change are among them.")}
${overTimeSection(result)}
${plot("load-over-time", "One policy of each kind.")}
${methodSection(result)}
${limitsSection(result)}
</main>
</body>
</html>
`;
  return page.html;
}

function verdictSection({ advice }: SimulationResult): Markup {
  const blocks = advice.settings.map(
    ({ title, lines, why, cost }) => html`<h3>${title}</h3>
<p>${held(why)}</p>
<pre>${lines.join("\n")}</pre>
<p>${held(cost)}</p>
`,
  );
  return html`<section>
<h2>Verdict</h2>
<div class="verdict">${advice.findings.map(({ sentences }) => html`<p>${held(sentences.join(" "))}</p>\n`)}</div>
${blocks.length === 0 ? "" : html`<h2>Settings to paste</h2>\n${blocks}`}
</section>`;
}

/** What is to be typed. */
const CODE = /(openssl rand -base64 32|LENGKET_[A-Z0-9_]+(?:=[\w.-]*\w)?)/;

/** Keeps units with their numbers, and sets apart what is to be typed. */
function held(text: string): readonly Markup[] {
  const parts = text.replace(/ (?=[×%])/g, "\u00a0").split(CODE);
  return parts.map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function figure(plots: readonly DrawnPlot[], name: PlotName, caption: string): Markup {
  const drawn = plots.find((plot) => plot.name === name);
  if (drawn === undefined) return html``;
  return html`<figure>
<div class="wide light">${trusted(drawn.svg.light)}</div>
<div class="wide dark">${trusted(drawn.svg.dark)}</div>
<figcaption>${caption} Beside this page: ${plotFileName(name, "light")}, ${plotFileName(name, "dark")}.</figcaption>
</figure>`;
}
