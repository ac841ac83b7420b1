/** `eyrie run`: streams text from a model file or a bundle. */
import type { Command } from "commander";
import { Stream } from "../../targets/stream.ts";
import { restoreState, saveState } from "../weights/state-file.ts";
import { openAny, type OpenedAny } from "../execute/open-any.ts";
import { compileOptions, type ExecutorFlags, executorOptions, type ModelFlags, modelOptions, real, whole } from "./options.ts";
import { printJson, progressBar, say } from "./terminal.ts";
import { promptTokens, type TextFlags, textWriter } from "./text.ts";

type Flags = ModelFlags & ExecutorFlags & TextFlags & {
  readonly weights: string;
  readonly max: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  readonly stop?: string;
  readonly saveState?: string;
  readonly restoreState?: string;
  readonly json?: boolean;
};

export const runCommand = (program: Command): void => {
  executorOptions(modelOptions(program.command("run").alias("generate").description("stream text from a model")))
    .argument("<model>", "an .eyrie file, or a bundle's folder")
    .requiredOption("--weights <path>", "a .safetensors file, an index, or the folder of one")
    .option("--prompt <text>", "text to go on from (models over bytes)")
    .option("--prompt-file <path>", "file with that text")
    .option("--tokens <numbers>", "token numbers to go on from")
    .option("--max <n>", "most tokens to make", whole(1), 200)
    .option("--temperature <t>", "0 takes the most likely token", real(0, 1000), 0)
    .option("--top-k <k>", "keep the k most likely tokens; 0 keeps all", whole(0), 0)
    .option("--top-p <p>", "keep the most likely tokens of this total probability", real(1e-6, 1), 1)
    .option("--seed <n>", "seed of the draws", whole(0), 0)
    .option("--stop <token>", "token that ends the text")
    .option("--save-state <path>", "write what the stream carries when it ends")
    .option("--restore-state <path>", "go on from a state written before")
    .option("--json", "print one JSON object at the end instead of the text")
    .action(run);
};

async function run(model: string, flags: Flags): Promise<void> {
  const bar = progressBar("pipelines");
  const opened = await openAny({ ...flags, ...compileOptions(flags), model, entries: ["prefill", "decode"], onProgress: bar.update });
  bar.stop();
  say(`${opened.name} on ${opened.describe}; weights ${opened.weights}`);
  try {
    await generate(opened, flags);
  } finally {
    await opened.release();
  }
}

async function generate(opened: OpenedAny, flags: Flags): Promise<void> {
  const { session, context } = opened;
  const stream = flags.restoreState
    ? await Stream.restore(session, await restoreState(flags.restoreState, opened.name), { context })
    : Stream.open(session, { context });
  const prompt = await promptTokens(flags, stream.vocabulary);
  const prompts = Array.from({ length: stream.batch }, () => prompt);
  const decode = textWriter(stream.vocabulary);
  if (!flags.json && flags.prompt) process.stdout.write(flags.prompt);
  const started = performance.now();
  let first = 0;
  const made: number[] = [];
  const stop = flags.stop === undefined ? {} : { stop: [Number(flags.stop)] };
  for await (const [token] of stream.generate({ prompts, maxTokens: flags.max, ...sampling(flags), ...stop })) {
    if (token === null || token === undefined) break;
    if (made.length === 0) first = performance.now();
    made.push(token);
    if (!flags.json) process.stdout.write(decode(token));
  }
  const seconds = (performance.now() - first) / 1000;
  if (flags.saveState) await saveState(flags.saveState, await stream.save(), opened.name);
  stream.release();
  const rates = {
    promptTokens: prompt.length,
    prefillTokensPerSecond: prompt.length / ((first - started) / 1000),
    tokens: made.length,
    decodeTokensPerSecond: made.length > 1 ? (made.length - 1) / seconds : 0,
  };
  if (flags.json) printJson({ model: opened.name, executor: opened.describe, ...rates, made, text: made.map(textWriter(stream.vocabulary)).join("") });
  else process.stdout.write("\n");
  say(`prefill ${rates.promptTokens} tokens, ${rates.prefillTokensPerSecond.toFixed(1)} tokens/s; decode ${rates.tokens} tokens, ${rates.decodeTokensPerSecond.toFixed(1)} tokens/s`);
}

const sampling = ({ temperature, topK, topP, seed }: Flags) => ({ temperature, topK, topP, seed });
