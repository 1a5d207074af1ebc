import type { SessionFigures, TimeStudy } from "../simulation/time-study.ts";
import { type Finding, finding } from "./advice.ts";
import { type Measured, measuredOf, mostEven, ownTables, type StudyFigures } from "./study-figures.ts";
import { EVEN, isEven, SAME_LOAD } from "./thresholds.ts";
import { count, listed, percent, times } from "./wording.ts";

/** Our default table. */
const DEFAULT_TABLE = "ring";
/** A method is uneven by itself when it adds more to the CV² than this: a deviation of a tenth of a fair share. */
const OWN_VARIANCE = 0.1 ** 2;
/**
 * And when the CV is so many standard deviations above what theory expects: the CV of N independent loads, estimated from
 * one draw, deviates by about 1/sqrt(2(N − 1)) of itself.
 */
const SURE_DEVIATIONS = 3;
/** Of the clients; moving so many more than necessary is bad for every session store. */
const NEEDLESS_SHARE = 0.05;

/** Why a method is uneven, and what its own users can do about it. */
const REASONS: Readonly<Record<string, string>> = {
  "nginx-ip-hash": "it looks at the first three numbers of an IPv4 address only",
  "nginx-hash": "it takes a checksum of the address modulo the weights",
  "nginx-hash-consistent": "its ring has 160 points for each unit of weight",
  "haproxy-map-based":
    "it takes the address itself modulo the weights, so addresses with a pattern meet; hash-type map-based avalanche mixes them",
  "haproxy-consistent":
    "its ring has 16 points for each unit of weight; ten times the weight for every server makes it more even",
  "envoy-ring-hash": "its ring has 1,024 points for all backends together; raise minimum_ring_size",
  "ipvs-sh": "its table has 256 slots for all backends together",
};

/** Whether one of our tables is good enough, and which. */
export function tableFindings(figures: StudyFigures): readonly Finding[] {
  const tables = ownTables(figures);
  const best = mostEven(tables);
  if (figures.backends === 1 || !isEven(figures)) return [];
  if (best === undefined) {
    return [
      finding("even", { theoreticalCv: figures.theoreticalCv }, [
        `Hashing of the address can be even enough: by theory a backend differs from its fair share by about ${percent(figures.theoreticalCv)} (one standard deviation).`,
      ]),
    ];
  }
  const standard = measuredOf(figures, DEFAULT_TABLE);
  const others = tables.filter((table) => table !== standard).map(titleAndLoad);
  const policy = best.policy.name;
  const figuresOf = { policy, maxOverAvg: best.evenness.maxOverAvg, standard: standard?.evenness.maxOverAvg };
  if (standard !== undefined && isAsEven(standard, best)) {
    return [
      finding("even", figuresOf, [
        `Hashing of the address is even enough: no backend gets more than ${times(standard.evenness.maxOverAvg)} its fair share. Nothing needs changing.`,
        ...(others.length > 0
          ? [`The ring, which is the default, is all you need: ${listed(others)} would hardly be better.`]
          : []),
      ]),
    ];
  }
  const instead = standard === undefined ? "" : `; the ring, which is the default, gives ${load(standard)}`;
  return [
    finding("even", figuresOf, [
      `Hashing of the address is even enough with ${best.policy.title}: no backend gets more than ${times(best.evenness.maxOverAvg)} its fair share${instead}.`,
    ]),
  ];
}

/** What our tables made of these clients: one sentence for those whom {@link tableFindings} has nothing to say. */
export function tableSentence(figures: StudyFigures): string | undefined {
  const tables = ownTables(figures).map(titleAndLoad);
  return tables.length === 0 || isEven(figures)
    ? undefined
    : `The fullest backend was measured at this many fair shares: ${listed(tables)}.`;
}

/** Whether our default is as good as the best of our tables. */
export function isAsEven(table: Measured, best: Measured): boolean {
  return table.evenness.maxOverAvg <= EVEN && table.evenness.maxOverAvg - best.evenness.maxOverAvg <= 2 * SAME_LOAD;
}

/** Methods that are uneven where the clients are not to blame. */
export function unevenMethods(figures: StudyFigures, skipped: readonly string[]): readonly Finding[] {
  const best = mostEven(ownTables(figures));
  const { theoreticalCv: theory, backends } = figures;
  if (backends < 2) return [];
  const byChance = theory * (1 + SURE_DEVIATIONS / Math.sqrt(2 * (backends - 1)));
  const luck = badLuck(figures);
  // Not Math.hypot, which may round otherwise on another engine.
  const tolerated = Math.sqrt(byChance * byChance + luck * luck);
  return figures.measured.flatMap((measured): readonly Finding[] => {
    const { policy, evenness } = measured;
    const { cv, maxOverAvg } = evenness;
    if (policy.kind !== "address" || skipped.includes(policy.name)) return [];
    const isOff = cv > tolerated && cv * cv - theory * theory > OWN_VARIANCE;
    if (!isOff || maxOverAvg - (best?.evenness.maxOverAvg ?? 1) <= SAME_LOAD) return [];
    const { name, title, program } = policy;
    const compared =
      best === undefined
        ? `Where by theory a backend differs by about ${percent(theory)} from its fair share`
        : `Where ${best.policy.title} puts ${load(best)} a fair share on one backend`;
    const reason = REASONS[name];
    const because =
      reason === undefined ? "it is the method, not your clients" : `that is the method, not your clients: ${reason}`;
    return [
      finding(
        "uneven-method",
        { policy: name, program, maxOverAvg, best: best?.policy.name, cv, theoreticalCv: theory },
        [`${compared}, ${title} puts ${times(maxOverAvg)}; ${because}.`],
      ),
    ];
  });
}

/**
 * The CV that the two heaviest addresses alone make when they meet on the backend of the smallest weight. That can happen to
 * every hash, and is far from normally distributed.
 */
function badLuck({ carriers, smallestShare }: StudyFigures): number {
  const [first, second] = carriers;
  return ((first?.share ?? 0) + (second?.share ?? 0)) / Math.sqrt(smallestShare);
}

/** Methods that move more than they have to when one backend leaves. */
export function needlessMoves(figures: StudyFigures): readonly Finding[] {
  const bad = figures.measured.filter(
    ({ policy, remove }) =>
      policy.kind === "address" &&
      remove !== undefined &&
      remove.moved > 2 * remove.ideal &&
      remove.needless > NEEDLESS_SHARE,
  );
  const moved = bad.flatMap(({ remove }) => (remove === undefined ? [] : [remove.moved])).sort((a, b) => a - b);
  const [least = 0] = moved;
  const most = moved.at(-1) ?? 0;
  if (bad.length === 0) return [];
  const [from, to] = [percent(least), percent(most)];
  const own = measuredOf(figures, DEFAULT_TABLE)?.remove;
  const compared = own === undefined ? "" : ` The ring moves ${percent(own.moved)}: the clients of that backend.`;
  return [
    finding("moves-needlessly", { policies: bad.map(({ policy }) => policy.name), least, most, ring: own?.moved }, [
      `When one backend is taken out of the list, ${listed(bad.map(({ policy }) => policy.title))} ${bad.length === 1 ? "moves" : "move"} ${from === to ? from : `${from} to ${to}`} of the ${figures.noun} to another backend.${compared}`,
    ]),
  ];
}

/** What changes of the backends did to sessions: our default, and what can be told apart from it. */
export function timeFindings(time: TimeStudy | undefined): readonly Finding[] {
  if (time === undefined || time.changes.length === 0) return [];
  const sessionsOf = (name: string): SessionFigures | undefined =>
    time.policies.find(({ policy }) => policy.name === name)?.sessions;
  const named: readonly (readonly [string, string])[] = [
    [DEFAULT_TABLE, "the ring"],
    ["sticky-cookie", "sticky cookies"],
    ["modulo", "a plain modulo"],
  ];
  const known = named.flatMap(([name, title]) => {
    const sessions = sessionsOf(name);
    return sessions === undefined || sessions.sessions === 0 ? [] : [{ name, title, sessions }];
  });
  const [first] = known;
  if (first === undefined) return [];
  const moved = known.map(({ title, sessions }) => `${percent(sessions.moved / sessions.sessions)} with ${title}`);
  const { sessions } = first;
  const lost = known.map((each) => each.sessions.lost).sort((a, b) => a - b);
  const [least = 0, most = 0] = [lost[0], lost.at(-1)];
  const sentences = [
    `Simulated in time, with backends that come and go, so many of ${count(sessions.sessions, "session")} came to another backend without need: ${listed(moved)}.`,
    ...(most > 0
      ? [
          least === most
            ? `${count(most, "session")} went down with the backend that failed, whatever the method.`
            : `${least} to ${most} sessions went down with the backend that failed: those that each method had put there.`,
        ]
      : []),
  ];
  const figures = Object.fromEntries(known.map((each) => [each.name, each.sessions.moved / each.sessions.sessions]));
  return [finding("over-time", { ...figures, lostAtLeast: least, lostAtMost: most }, sentences)];
}

function titleAndLoad(measured: Measured): string {
  return `${measured.policy.title} ${load(measured)}`;
}

function load({ evenness }: Measured): string {
  return times(evenness.maxOverAvg);
}
