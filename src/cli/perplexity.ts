/** `eyrie perplexity`: how well a model predicts a text. */
import type { Command } from "commander";
import { perplexity } from "../../targets/perplexity.ts";
import { signatureOf } from "../../targets/signature.ts";
import { openAny } from "../execute/open-any.ts";
import {
  compileOptions,
  type ExecutorFlags,
  executorOptions,
  type ModelFlags,
  modelOptions,
  schedulesRequest,
  tokenList,
  whole,
} from "./options.ts";
import { print, printJson, progressBar, say } from "./terminal.ts";
import { readGiven, requireGiven, requireTextModel, tokensOf } from "./text.ts";

type Flags = ModelFlags &
  ExecutorFlags & {
    readonly weights: string;
    readonly tokens?: readonly number[];
    readonly first?: number;
    readonly json?: boolean;
  };

export const perplexityCommand = (program: Command): void => {
  executorOptions(
    modelOptions(
      program
        .command("perplexity")
        .description("bits per token and perplexity of a text, in one pass from a fresh state"),
    ),
  )
    .argument("<model>", "an .eyrie file, or a bundle's folder")
    .argument("[text]", "file with the text (models over bytes)")
    .requiredOption("--weights <path>", "a .safetensors file, an index, or the folder of one")
    .option("--tokens <numbers>", "token numbers instead of a text", tokenList)
    .option("--first <n>", "only the first n tokens", whole(2))
    .option("--json", "print as JSON")
    .action(async (model: string, text: string | undefined, { schedules, ...flags }: Flags) => {
      const given = requireGiven(
        await readGiven({ ...flags, ...(text === undefined ? {} : { promptFile: text }) }),
        "a file with a text, or --tokens",
      );
      const opened = await openAny({
        ...flags,
        ...compileOptions(flags),
        ...(await schedulesRequest(schedules)),
        model,
        entries: ["score"],
      });
      say(`${opened.name} on ${opened.describe}; weights ${opened.weights}`);
      try {
        requireTextModel(opened, "perplexity");
        const { vocabulary } = signatureOf(opened.session.entries);
        const tokens = tokensOf(given, vocabulary).slice(0, flags.first);
        const bar = progressBar("tokens");
        const { bitsPerToken, perplexity: value } = await perplexity(opened.session, tokens, {
          context: opened.context,
          onProgress: (done) => bar.update(done, tokens.length),
        });
        bar.stop();
        if (flags.json) printJson({ tokens: tokens.length, bitsPerToken, perplexity: value });
        else
          print(
            `${tokens.length} tokens: ${bitsPerToken.toFixed(6)} bits per token, perplexity ${value.toFixed(4)}`,
          );
      } finally {
        await opened.release();
      }
    });
};
