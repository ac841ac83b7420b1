/** `npm run bench:peers`: the same work by us and by others, in turn on the same adapter; writes bench/results/peers.{md,svg,json}. */
import { mkdirSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { whole } from "../../src/cli/options.ts";
import { print, report, say } from "../../src/cli/terminal.ts";
import { UserError } from "../../src/graph/bug.ts";
import { madeBy } from "../made-by.ts";
import { cases } from "./cases.ts";
import { type ContestantName, contestants, goals } from "./goals.ts";
import { type Match, play } from "./match.ts";
import { invite, type Player } from "./referee.ts";
import { chart, type Found, page } from "./report.ts";
import { tuneCases } from "./tune.ts";

type Flags = {
  readonly runs: number;
  readonly seconds: number;
  readonly case?: string;
  readonly without: readonly string[];
  readonly schedules?: string;
  readonly tune?: string;
  readonly out: string;
};

/** In the order in which they are asked; ours first, for its driver is everybody's. */
const seats = (
  schedules: string | undefined,
): readonly (readonly [ContestantName, string, readonly string[]])[] => [
  [contestants.ours, "ours.ts", schedules === undefined ? [] : [schedules]],
  [contestants.plain, "plain.ts", []],
  [contestants.onnxWebgpu, "onnxruntime.ts", ["webgpu"]],
  [contestants.jax, "jax.ts", []],
  [contestants.onnxCpu, "onnxruntime.ts", ["cpu"]],
];

async function inviteAll({ without, schedules }: Flags): Promise<Map<ContestantName, Player>> {
  const players = new Map<ContestantName, Player>();
  let env: NodeJS.ProcessEnv = {};
  for (const [name, file, args] of seats(schedules)) {
    if (name !== contestants.ours && without.some((w) => name.includes(w))) continue;
    const player = await invite(file, args, env);
    if (typeof player !== "string") players.set(name, player);
    else if (name === contestants.ours) throw new UserError(player);
    else say(`${name} takes no part: ${player}`);
    if (typeof player !== "string" && name === contestants.ours && player.drivers)
      env = { VK_ICD_FILENAMES: player.drivers };
  }
  return players;
}

async function main(flags: Flags): Promise<void> {
  const { runs, seconds, out } = flags;
  const chosen = cases.filter(({ name }) => name.includes(flags.case ?? ""));
  if (chosen.length === 0)
    throw new UserError(
      `no case has "${flags.case}" in its name; the cases are ${cases.map((c) => c.name).join("; ")}`,
    );
  if (flags.tune !== undefined) await tuneCases(chosen, flags.tune);
  const players = await inviteAll({ ...flags, ...(flags.tune ? { schedules: flags.tune } : {}) });
  const describe = [...players.values()].map((p) => p.describe);
  const pairs: Match["pairs"][number][] = [];
  const remarks: Match["remarks"][number][] = [];
  for (const one of chosen) {
    say(one.name);
    const match = await play(one, players, { runs, seconds });
    pairs.push(...match.pairs);
    remarks.push(...match.remarks);
  }
  for (const player of players.values()) player.end();
  const found: Found = {
    made: madeBy("npm run bench:peers"),
    runs,
    describe,
    cases: chosen,
    pairs,
    remarks,
  };
  const text = page(found, goals);
  print(text);
  mkdirSync(out, { recursive: true });
  writeFileSync(`${out}/peers.md`, text);
  writeFileSync(`${out}/peers.svg`, chart(found));
  writeFileSync(`${out}/peers.json`, `${JSON.stringify(found, null, 2)}\n`);
}

const program = new Command("bench:peers")
  .option("--runs <n>", "runs of each that count", whole(1), 9)
  .option("--seconds <n>", "longest wait for one answer, first runs included", whole(1), 300)
  .option("--case <text>", "only cases with this in their names")
  .option("--without <name...>", "contestants that stay away", [])
  .option("--schedules <file>", "ours with what eyrie tune measured, and without it")
  .option("--tune <file>", "first have eyrie tune measure the cases into this file")
  .option("--out <folder>", "where results go", new URL("../results", import.meta.url).pathname)
  .action(main);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
process.exit();
