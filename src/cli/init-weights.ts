/** `eyrie init-weights`: draws a model's first weights from its initialisers. */
import type { Command } from "commander";
import { minimumCaps } from "../../codegen/kernel.ts";
import { compileFile } from "../execute/open-model.ts";
import { writeWeights } from "../weights/file.ts";
import { initialWeights } from "../weights/initialize.ts";
import { checkOutput } from "./files.ts";
import { compileOptions, type ModelFlags, modelOptions, whole } from "./options.ts";
import { say } from "./terminal.ts";

export const initWeightsCommand = (program: Command): void => {
  modelOptions(
    program
      .command("init-weights")
      .description("write random weights, drawn from the model's initialisers"),
  )
    .argument("<model>", "an .eyrie file")
    .argument("<output>", "the .safetensors file to write")
    .option("--seed <n>", "seed of the draws", whole(0), 0)
    .action(async (model: string, output: string, flags: ModelFlags & { seed: number }) => {
      await checkOutput(output);
      const compiled = await compileFile(
        { model, ...compileOptions(flags), entries: ["decode"] },
        minimumCaps,
      );
      const { parameters, name } = compiled.model;
      await writeWeights(output, parameters, initialWeights(parameters, flags.seed), "F32", {
        model: name,
        seed: String(flags.seed),
      });
      const values = parameters.reduce((sum, p) => sum + p.shape.reduce((a, b) => a * b, 1), 0);
      say(`${output}: ${parameters.length} parameters, ${values.toLocaleString("en")} values`);
    });
};
