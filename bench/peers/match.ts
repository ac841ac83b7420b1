/** One case between all contestants: prepared one by one, results compared, then timed in turn with ours. Knows no file. */
import { setTimeout } from "node:timers/promises";
import { inTurn, relativeError } from "../measure.ts";
import type { Case } from "./cases.ts";
import type { Measure, Prepared } from "./contestant.ts";
import { type ContestantName, contestants, type Pair } from "./goals.ts";
import type { Player } from "./referee.ts";

export type Seats = ReadonlyMap<ContestantName, Player>;

/** What a case gave beside times. */
export type Remark = {
  readonly case: string;
  readonly contestant: ContestantName;
  readonly way: string;
  /** Milliseconds of its first run, with all that it prepares; null where it did not run. */
  readonly firstMs: number | null;
  readonly error: number | null;
  readonly problem: string | null;
};

export type Match = { readonly pairs: readonly Pair[]; readonly remarks: readonly Remark[] };

export type MatchOptions = { readonly runs: number; readonly seconds: number };

/** What is there to be timed, of whom. */
type Entrant = {
  readonly contestant: ContestantName;
  readonly player: Player;
  readonly index: number;
  readonly way: Prepared;
};

export async function play(one: Case, seats: Seats, options: MatchOptions): Promise<Match> {
  const reference = await f32Result(one, seats.get(contestants.ours)!, options.seconds);
  const { entrants, problems } = await prepareAll(one, seats, options.seconds);
  const errorOf = ({ result }: Prepared) =>
    result && reference ? relativeError(result, reference) : null;
  const remarks = entrants.map(({ contestant, way }): Remark => {
    const { name, firstMs, problem } = way;
    return {
      ...{ case: one.name, contestant, way: name, firstMs },
      ...{ error: errorOf(way), problem },
    };
  });
  const [ours, ...others] = entrants;
  const pairs: Pair[] = [];
  if (ours?.contestant === contestants.ours && ours.way.problem === null)
    for (const other of others)
      if (other.way.problem === null) {
        const errors = [ours, other].map(({ way }) => errorOf(way));
        pairs.push(...(await duel(one, ours, other, errors, options)));
      }
  for (const player of seats.values()) await player.ask({ do: "release" }, options.seconds);
  return { pairs, remarks: [...remarks, ...problems] };
}

/** What the case gives with weights in f32: ours, which tests hold against the graph's meaning. */
async function f32Result(one: Case, player: Player, seconds: number) {
  const { beside: _, ...alone } = one;
  const reply = await player.ask({ do: "prepare", case: { ...alone, precision: "f32" } }, seconds);
  await player.ask({ do: "release" }, seconds);
  return reply.kind === "prepared" ? (reply.ways[0]?.result ?? null) : null;
}

async function prepareAll(one: Case, seats: Seats, seconds: number) {
  const entrants: Entrant[] = [];
  const problems: Remark[] = [];
  for (const [contestant, player] of seats) {
    const reply = await player.ask({ do: "prepare", case: one }, seconds);
    if (reply.kind === "prepared")
      entrants.push(...reply.ways.map((way, index) => ({ contestant, player, index, way })));
    if (reply.kind === "failed")
      problems.push({
        ...{ case: one.name, contestant, way: "", firstMs: null, error: null },
        problem: reply.problem,
      });
  }
  return { entrants, problems };
}

/** Ours, theirs, ours, theirs …, in every measure that theirs has. Where ours is wrong, no time of its is a measure either. */
async function duel(
  one: Case,
  ours: Entrant,
  theirs: Entrant,
  errors: readonly (number | null)[],
  { runs, seconds }: MatchOptions,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  const error = errors[1] ?? null;
  const right = errors.every((e) => e === null || e <= one.tolerance);
  for (const measure of theirs.way.measures) {
    const both = [ours, theirs].map((entrant) => () => run(entrant, measure, seconds));
    const [a, b] = await inTurn(runs, both);
    pairs.push({
      ...{ case: one.name, contestant: theirs.contestant, way: theirs.way.name, measure },
      ...{ ours: a!, theirs: b!, error, right },
    });
  }
  return pairs;
}

/** Some runtimes' threads keep turning for a while after a run. */
const settle = 30;

async function run({ player, index }: Entrant, measure: Measure, seconds: number): Promise<number> {
  await setTimeout(settle);
  const reply = await player.ask({ do: "run", way: index, measure }, seconds);
  return reply.kind === "ran" ? reply.milliseconds : Number.NaN;
}
