import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { LoadOptions } from "../config/load-configuration.ts";
import { likelyName, nearestName } from "../config/nearest-name.ts";
import { flagName } from "../config/setting.ts";
import { settingEntries } from "../config/settings.ts";
import type { Output } from "./output.ts";
import { backendCount, type SimulateFlags, simulateOptionsOf, withSimulateFlags } from "./simulate/simulate-flags.ts";

/** What the command line talks to; tests bring their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly version: string;
  /** Makes the process need less memory and more time, for commands that promise it; tests leave theirs as it is. */
  readonly keepHeapSmall?: () => void;
}

const EXIT_USAGE = 2;

/** What commander made of the flags of a command that reads the configuration. */
type Flags = Readonly<Record<string, string | undefined>>;

function propertyOf(name: string): string {
  return flagName(name)
    .slice(2)
    .replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function appendToList(value: string, before: string | undefined): string {
  if (before === undefined) return value;
  if (`${value}${before}`.includes("[{")) throw new InvalidArgumentError("give a list in JSON once, complete.");
  return `${before},${value}`;
}

function splitIds(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(",").filter((id) => id !== "")];
}

function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError("write a number from 0 to 65535.");
  return Number(text);
}

/** Named here too, because the help must not load the models. */
const PLACE_POLICIES = `
Policies of Lengket: ring, rendezvous, maglev, modulo. Exact models of others,
given the same backends in the same order:
  nginx 1.22.1         nginx-ip-hash, nginx-hash, nginx-hash-consistent
  HAProxy 2.6.12       haproxy-map-based, haproxy-consistent
  Envoy (2025)         envoy-ring-hash, envoy-maglev
  Linux 4.7 and later  ipvs-sh`;

/** Settings whose flag may be given several times; the values become one list. */
const REPEATABLE: ReadonlySet<string> = new Set(["BACKENDS", "LISTEN", "ALLOW", "DENY"]);

/** Every setting is a flag too. They are listed by `help-env`, so `--help` stays short. */
function withSettings(command: Command): Command {
  command.option("--env-file <path>", "read settings from a file of NAME=value lines");
  command.addOption(
    new Option("--backend <backend>", "a backend, [id=]host:port[;weight=N][;backup][;max=N]; repeatable").argParser(
      appendToList,
    ),
  );
  for (const [, { name }] of settingEntries()) {
    const option = new Option(`${flagName(name)} <value>`).hideHelp();
    command.addOption(REPEATABLE.has(name) ? option.argParser(appendToList) : option);
  }
  return command
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: (text, write) => write(withNearestFlag(text, command)) })
    .addHelpText("after", "\nEvery setting of `lengket help-env` is a flag as well: --hash-policy maglev");
}

/** Commander would suggest only flags that the help lists, and most settings are not among them. */
function withNearestFlag(text: string, command: Command): string {
  const unknown = /^error: unknown option '(--[^']+)'\n$/.exec(text)?.[1];
  if (unknown === undefined) return text;
  const flags = ["--help", ...command.options.flatMap(({ long }) => long ?? [])];
  const nearest = likelyName(unknown.replace(/=.*/, ""), flags);
  return nearest === undefined ? text : `${text}(Did you mean ${nearest}?)\n`;
}

function loadOptions(terminal: Terminal, flags: Flags): LoadOptions {
  const given: Record<string, string> = {};
  for (const [, { name }] of settingEntries()) {
    const value = flags[propertyOf(name)];
    if (value !== undefined) given[name] = value;
  }
  const { backend, envFile } = flags;
  if (backend !== undefined) given["BACKENDS"] = appendToList(backend, given["BACKENDS"]);
  return { flags: given, env: terminal.env, ...(envFile === undefined ? {} : { envFilePath: envFile }) };
}

/**
 * Runs the command line. Each command's code is loaded when it is called, so that `run` starts fast.
 *
 * @param args without the executable and the script
 * @returns the exit code: 0 ok, 1 negative result, 2 wrong usage, 69 nobody to ask, 70 a bug, 71 cannot listen, 78 bad configuration
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal;
  let code = 0;
  const program = new Command("lengket")
    .description("Sticky load balancer for TCP and HTTP: brings every client back to the same backend.")
    .version(terminal.version, "-V, --version", "print the version")
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .addHelpText(
      "before",
      [
        "Examples:",
        "  lengket demo                                             see it work",
        "  lengket run --backend localhost:3001 --backend localhost:3002",
        "  LENGKET_BACKENDS=app1=10.0.0.11:3000,app2=10.0.0.12:3000 lengket check",
        "",
      ].join("\n"),
    );

  withSettings(program.command("run", { isDefault: true }))
    .description("start the balancer (the default)")
    .action(async (flags: Flags) => {
      const { run } = await import("./run.ts");
      code = await run({ ...loadOptions(terminal, flags), stderr });
    });

  program
    .command("demo")
    .description("three small shops that keep carts in memory, the balancer in front, a few visitors")
    .option("--once", "run the story, check it and exit")
    .action(async (flags: { readonly once?: boolean }) => {
      const { demo } = await import("./demo.ts");
      code = await demo({ stdout, stderr, env: terminal.env, once: flags.once === true });
    });

  withSettings(program.command("check"))
    .description("report every mistake in the configuration; exit 78 if there is one")
    .option("--strict-warnings", "treat warnings as errors")
    .option("--resolve", "look up every host name")
    .option("--connect", "connect once to every backend")
    .action(
      async (
        flags: Flags & { readonly strictWarnings?: boolean; readonly resolve?: boolean; readonly connect?: boolean },
      ) => {
        const { check } = await import("./check.ts");
        code = await check({
          ...loadOptions(terminal, flags),
          stdout,
          stderr,
          strict: Boolean(flags.strictWarnings),
          resolve: Boolean(flags.resolve),
          connect: Boolean(flags.connect),
        });
      },
    );

  withSettings(program.command("config"))
    .description("print every setting, its value and where it came from")
    .option("--json", "as JSON")
    .option("--env", "as an env file that reproduces it")
    .action(async (flags: Flags & { readonly json?: boolean; readonly env?: boolean }) => {
      const { printConfig } = await import("./config.ts");
      const format = flags.json ? "json" : flags.env ? "env" : "table";
      code = await printConfig({ ...loadOptions(terminal, flags), stdout, stderr, format });
    });

  withSettings(program.command("route <address>"))
    .description("explain where a client goes, and why")
    .option("--port <port>", "the client's port, for HASH_KEY=client_ip_port, and NAT_SPLIT with --live", portNumber, 0)
    .addOption(
      new Option("--down <ids>", "backends to take as down, e.g. app1,app2").argParser(splitIds).conflicts("live"),
    )
    .option("--live", "ask the running balancer at ADMIN_LISTEN: its decision now, and the client's share")
    .option("--json", "as JSON")
    .action(
      async (address: string, flags: Flags & OfflineFlags & { readonly port: number; readonly live?: boolean }) => {
        if (flags.live) {
          const { routeLive } = await import("./route-live.ts");
          const { port, json } = flags;
          code = await routeLive({
            ...loadOptions(terminal, flags),
            stdout,
            stderr,
            address,
            port,
            json: Boolean(json),
          });
          return;
        }
        const { route } = await import("./route.ts");
        code = route({
          ...loadOptions(terminal, flags),
          stdout,
          stderr,
          address,
          port: flags.port,
          down: flags.down ?? [],
          json: Boolean(flags.json),
        });
      },
    );

  withSettings(program.command("place"))
    .description("print the backend of every client in a list")
    .requiredOption("--clients <file>", "one address a line; - = standard input")
    .option("--policy <policy>", "another HASH_POLICY, or another program's method; see below")
    .option("--down <ids>", "backends to take as down, e.g. app1,app2", splitIds)
    .option("--json", "as JSON: [{client, backend}] in the order of the list")
    .addHelpText("after", PLACE_POLICIES)
    .action(async (flags: Flags & OfflineFlags & { readonly clients: string; readonly policy?: string }) => {
      const { place } = await import("./place.ts");
      code = place({
        ...loadOptions(terminal, flags),
        policy: flags.policy,
        stdout,
        stderr,
        clients: flags.clients,
        down: flags.down ?? [],
        json: Boolean(flags.json),
      });
    });

  withSimulateFlags(withSettings(program.command("simulate"))).action(async (flags: Flags & SimulateFlags) => {
    const { simulate } = await import("./simulate.ts");
    const { backends, ...others } = flags;
    const count = backendCount(backends);
    const load = loadOptions(terminal, count === undefined ? flags : others);
    const { version, keepHeapSmall } = terminal;
    code = await simulate({ ...load, ...simulateOptionsOf(flags), count, stdout, stderr, version, keepHeapSmall });
  });

  program
    .command("help-env")
    .description("list all settings")
    .option("--docs", "as the Markdown page docs/settings.md")
    .option("--example", "as the file .env.example")
    .action(async (flags: { readonly docs?: boolean; readonly example?: boolean }) => {
      const { helpEnv } = await import("./help-env.ts");
      code = helpEnv({ stdout, format: flags.docs ? "docs" : flags.example ? "example" : "text" });
    });

  for (const command of program.commands) command.showHelpAfterError(`(lengket ${command.name()} --help says more)`);
  const stranger = unknownCommand(program, args[0] === "help" ? args.slice(1) : args);
  if (stranger !== undefined) {
    stderr.write(`error: ${stranger}\n`);
    return EXIT_USAGE;
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
}

/** What is wrong with the first word. Commander would take it for an argument of the default command. */
function unknownCommand(program: Command, [word]: readonly string[]): string | undefined {
  const known = [...program.commands.map((command) => command.name()), "help"];
  if (word === undefined || word.startsWith("-") || known.includes(word)) return undefined;
  const nearest = nearestName(word, known);
  const hint = nearest === undefined ? `the commands are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return `unknown command ${JSON.stringify(word)}, ${hint}`;
}

/** Flags of the commands that ask without starting anything. */
interface OfflineFlags {
  readonly down?: readonly string[];
  readonly json?: boolean;
}
