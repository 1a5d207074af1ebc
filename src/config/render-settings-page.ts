import { type Setting, variableName } from "./setting.ts";
import { settingSections } from "./settings.ts";

const INTRODUCTION = `# Settings

<!-- Made from the table in src/config. Do not edit; run: node dist/main.js help-env --docs > docs/settings.md -->

Every setting is an environment variable, a line of the file given by \`--env-file\`, and a flag: \`LENGKET_IDLE_TIMEOUT=5m\`
is \`--idle-timeout 5m\`. A flag wins over the environment, the environment over the file, the file over the default.
\`lengket config\` shows every value and where it came from; \`lengket check\` reports all mistakes at once.

- An empty text is the same as no text; blanks around it are cut.
- **Durations** carry a unit: \`500ms\`, \`1.5s\`, \`2m\`, \`1h\`, \`7d\`. A bare number is refused.
- **Sizes** are binary: \`64KiB\`, \`1MiB\`, \`64k\`, \`1m\`, or a number of bytes.
- **Lists** are separated by commas, blanks or new lines. The order of backends changes nothing.
- **CIDR lists** take addresses, blocks and words: \`loopback\` (127.0.0.0/8, ::1), \`linklocal\` (169.254.0.0/16,
  fe80::/10), \`uniquelocal\` (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7), \`private\` (the three IPv4 blocks).
- **Secrets** are texts of at least 32 bytes (\`openssl rand -base64 32\`). They are never shown, neither by \`lengket config\`
  nor in reports. To change one, put the new one in front, give it to every replica, and remove the old one when no cookie
  needs it any more.
- **Sources** are parts of a request or an answer: \`cookie:NAME\`, \`header:NAME\`, \`query:NAME\`. Case does not matter in
  names of headers; the other names are compared letter by letter.
- Settings that begin with \`COOKIE_\`, \`LEARN_\`, \`ROUTE_\`, \`UPSTREAM_\`, \`FORWARDED_\` or \`HTTP_\` matter to listeners of http
  mode only. There \`max\`, \`BACKEND_MAX_CONNECTIONS\`, \`BOUNDED_LOAD\` and \`QUEUE\` count requests, not connections.
- **Live** settings are applied by SIGHUP; the others need a restart.
- Variables that Kubernetes makes for a Service named \`lengket…\` are ignored (\`LENGKET_PORT\`, \`LENGKET_SERVICE_HOST\`, …).

## How to write backends

\`[id=]host:port[;weight=N][;backup][;max=N][;health=[host:port][/path]]\`, for example
\`app1=10.0.0.11:3000;weight=2, app2=[2001:db8::12]:3000, spare=10.0.0.13:3000;backup\`

The id is what gets hashed: a backend that comes back with another address keeps its clients when it keeps its id.
Without one, \`host:port\` is the id. \`weight\` is 0 to 256, 0 drains. \`max\` is a ceiling of open connections. \`health\`
says where the check goes, also \`:port\` or \`:port/path\`. A text that starts with \`[{\` is JSON with the keys \`id\`, \`host\`,
\`port\`, \`weight\`, \`backup\`, \`max\`, \`health\`. A file has one backend a line, and \`#\` comments.

## How to write listeners

\`:port\` (IPv6 and IPv4), \`host:port\`, \`[v6]:port\`, \`unix:/path\`, \`fd:N\`, \`systemd\`; options follow after \`;\`:
\`name=\` (in logs), \`mode=tcp|http\`, \`proxy=off|optional|required\`. Port 0 is any free port.

## How to choose a cookie mode

With \`LENGKET_MODE=http\` every request is routed by itself. \`LENGKET_COOKIE_MODE\` says by what:

| Mode | What names the backend | What else to set |
|---|---|---|
| \`insert\` | a cookie of ours, set with the first answer | \`LENGKET_COOKIE_SECRET\`, so that nobody can make tokens up |
| \`passive\` | the hash of a cookie of the application | \`LENGKET_COOKIE_NAME\` |
| \`prefix\` | \`id~\` that we put in front of the value of the application's cookie | \`LENGKET_COOKIE_NAME\` |
| \`route\` | what follows the separator in it, also in \`;jsessionid=\`, as Tomcat's jvmRoute writes it | \`LENGKET_COOKIE_NAME\`; ids of backends equal to the routes |
| \`learn\` | a session id that the backend gave out, and that we remembered | \`LENGKET_LEARN_FROM\`, or \`LENGKET_COOKIE_NAME\` |
| \`off\` | the hash of the client's address, or of \`LENGKET_HASH_KEY\` | \`LENGKET_TRUSTED_PROXIES\` behind another proxy |
`;

const HEAD = ["| Variable | Type | Default | Allowed | Meaning | Example | Live |", "|---|---|---|---|---|---|---|"];

/** docs/settings.md: the rules, and one table a section. */
export function renderSettingsPage(): string {
  const lines = [INTRODUCTION.trimEnd()];
  for (const [section, entries] of settingSections()) {
    lines.push("", `## ${section}`, "", ...HEAD, ...entries.map(([, setting]) => row(setting)));
  }
  return `${lines.join("\n")}\n`;
}

function row({
  name,
  label,
  default: fallback,
  unset = "",
  allowed,
  meaning,
  example,
  live,
}: Setting<unknown>): string {
  const shownDefault = fallback === "" ? unset : code(fallback);
  const cells = [
    code(variableName(name)),
    label,
    shownDefault,
    escapeBars(allowed),
    escapeBars(meaning),
    code(example),
  ];
  return `| ${[...cells, live ? "yes" : ""].join(" | ")} |`;
}

function code(text: string): string {
  return `\`${escapeBars(text)}\``;
}

/** A bar would end the cell, in code too (GitHub Flavored Markdown, tables). */
function escapeBars(text: string): string {
  return text.replaceAll("|", "\\|");
}
