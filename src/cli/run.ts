/** `eyrie run`: streams text from a model file or a bundle. */
import type { Command } from "commander";
import type { Stream } from "../../targets/stream.ts";
import { type OpenedAny, openAny } from "../execute/open-any.ts";
import { checkOutput } from "./files.ts";
import {
  compileOptions,
  type ExecutorFlags,
  executorOptions,
  largestWord,
  type ModelFlags,
  modelOptions,
  real,
  schedulesRequest,
  tokenList,
  whole,
} from "./options.ts";
import { openRun, saveRun } from "./saved-run.ts";
import { print, printJson, progressBar, say, write } from "./terminal.ts";
import {
  type Given,
  readGiven,
  requireGiven,
  requireTextModel,
  requireTokens,
  type TextFlags,
  textWriter,
  tokensOf,
} from "./text.ts";

type Flags = ModelFlags &
  ExecutorFlags &
  TextFlags & {
    readonly weights: string;
    readonly max: number;
    readonly temperature: number;
    readonly topK: number;
    readonly topP: number;
    readonly seed: number;
    readonly stop?: readonly number[];
    readonly saveState?: string;
    readonly restoreState?: string;
    readonly json?: boolean;
  };

const promptFlags = "--prompt, --prompt-file or --tokens";

export const runCommand = (program: Command): void => {
  executorOptions(
    modelOptions(
      program
        .command("run")
        .alias("generate")
        .description(
          "stream text from a model; with --batch n, n continuations with the seeds that follow --seed",
        ),
    ),
  )
    .argument("<model>", "an .eyrie file, or a bundle's folder")
    .requiredOption("--weights <path>", "a .safetensors file, an index, or the folder of one")
    .option("--prompt <text>", "text to go on from (models over bytes)")
    .option("--prompt-file <path>", "file with that text")
    .option("--tokens <numbers>", "token numbers to go on from", tokenList)
    .option("--max <n>", "most tokens to make", whole(1), 200)
    .option("--temperature <t>", "0 takes the most likely token", real(0, 1000), 0)
    .option("--top-k <k>", "keep the k most likely tokens; 0 keeps all", whole(0, largestWord), 0)
    .option(
      "--top-p <p>",
      "keep the most likely tokens of this total probability",
      real(1e-6, 1),
      1,
    )
    .option("--seed <n>", "seed of the draws", whole(0, largestWord), 0)
    .option("--stop <tokens>", "token numbers that end the text", tokenList)
    .option("--save-state <path>", "write what the stream carries when it ends")
    .option("--restore-state <path>", "go on from a state written before; a prompt may follow")
    .option("--json", "print one JSON object at the end instead of the text")
    .action(run);
};

async function run(model: string, { schedules, ...flags }: Flags): Promise<void> {
  const given = await readGiven(flags);
  if (!flags.restoreState) requireGiven(given, promptFlags);
  await checkOutput(flags.saveState);
  const bar = progressBar("pipelines");
  const opened = await openAny({
    ...flags,
    ...compileOptions(flags),
    ...(await schedulesRequest(schedules)),
    model,
    entries: ["prefill", "decode"],
    onProgress: bar.update,
  }).finally(bar.stop);
  say(`${opened.name} on ${opened.describe}; weights ${opened.weights}`);
  try {
    requireTextModel(opened, "run");
    await generate(opened, given, flags);
  } finally {
    await opened.release();
  }
}

type TokenRows = readonly (readonly number[])[];

async function generate(opened: OpenedAny, given: Given | null, flags: Flags): Promise<void> {
  const { stream, unfed } = await openRun(opened, flags.restoreState);
  const { batch, vocabulary } = stream;
  const prompt = given === null ? [] : tokensOf(given, vocabulary);
  requireTokens(flags.stop ?? [], vocabulary);
  const prompts = unfed.map((row) => [...row, ...prompt]);
  if (prompts.some((row) => row.length === 0)) requireGiven(null, promptFlags);
  const streams = batch === 1 && !flags.json;
  if (streams) write(flags.prompt ?? "");
  const { rows, rates } = await draw(stream, prompts, flags, streams);
  if (streams) print("");
  else tell(opened, flags, rows, rates, vocabulary);
  if (flags.saveState) {
    // Tokens of the last step were shown but not fed.
    const shown = rows.map((row) => (row.length === flags.max ? row.slice(-1) : []));
    await saveRun(flags.saveState, stream, shown, opened.name);
  }
  stream.release();
  const { promptTokens, prefillTokensPerSecond, tokens, decodeTokensPerSecond } = rates;
  say(
    `prefill ${count(promptTokens)}, ${perSecond(prefillTokensPerSecond)}; decode ${count(tokens)}, ${perSecond(decodeTokensPerSecond)}`,
  );
}

/** The new tokens of each row; the first row's are shown as they come where `streams`. */
async function draw(stream: Stream, prompts: TokenRows, flags: Flags, streams: boolean) {
  const { max: maxTokens, temperature, topK, topP, seed, stop = [] } = flags;
  const toText = textWriter(stream.vocabulary);
  const rows: number[][] = prompts.map(() => []);
  const started = performance.now();
  let first: number | null = null;
  const options = { prompts, maxTokens, temperature, topK, topP, seed, stop };
  for await (const tokens of stream.generate(options)) {
    first ??= performance.now();
    for (const [row, token] of tokens.entries()) {
      if (token === null) continue;
      rows[row]?.push(token);
      if (streams) write(toText(token));
    }
  }
  return { rows, rates: ratesOf(prompts, rows, { started, first, ended: performance.now() }) };
}

type Rates = ReturnType<typeof ratesOf>;

function tell(
  opened: OpenedAny,
  flags: Flags,
  tokenRows: TokenRows,
  rates: Rates,
  vocabulary: number,
): void {
  const rows = tokenRows.map((tokens, row) => ({
    seed: flags.seed + row,
    tokens,
    text: tokens.map(textWriter(vocabulary)).join(""),
  }));
  if (flags.json) printJson({ model: opened.name, executor: opened.describe, ...rates, rows });
  else
    for (const [row, { seed, text }] of rows.entries())
      print(`--- row ${row}, seed ${seed}\n${flags.prompt ?? ""}${text}`);
}

/** Tokens of all rows and their rates; null where too little ran to have one. */
function ratesOf(
  prompts: TokenRows,
  rows: TokenRows,
  at: { started: number; first: number | null; ended: number },
) {
  const promptTokens = prompts.reduce((sum, row) => sum + row.length, 0);
  const tokens = rows.reduce((sum, row) => sum + row.length, 0);
  const later = rows.reduce((sum, row) => sum + Math.max(0, row.length - 1), 0);
  return {
    promptTokens,
    prefillTokensPerSecond:
      at.first === null ? null : (1000 * promptTokens) / (at.first - at.started),
    tokens,
    decodeTokensPerSecond:
      at.first === null || later === 0 ? null : (1000 * later) / (at.ended - at.first),
  };
}

const count = (tokens: number): string => `${tokens} ${tokens === 1 ? "token" : "tokens"}`;
const perSecond = (rate: number | null): string =>
  rate === null ? "too few to time" : `${rate.toFixed(1)} tokens/s`;
