/** `eyrie quantize`: writes a checkpoint with weights in int8 or int4, and says how far they are from what they were. */
import { type Command, Option } from "commander";
import { minimumCaps } from "../../codegen/kernel.ts";
import type { Compiled } from "../compile.ts";
import { compileFile, weightsFor } from "../execute/open-model.ts";
import { UserError } from "../graph/bug.ts";
import { groupSize } from "../graph/quantize.ts";
import { quantizedAxes } from "../passes/quantize.ts";
import { writeSafetensors } from "../weights/file.ts";
import {
  type Errors,
  type Quantization,
  type QuantizedPrecision,
  quantizationMetadata,
  quantizedTensors,
} from "../weights/quantized.ts";
import { checkOutput } from "./files.ts";
import { compileOptions, type ModelFlags, modelOptions } from "./options.ts";
import { print, printJson, progressBar } from "./terminal.ts";

type Flags = ModelFlags & {
  readonly weights: string;
  readonly precision: QuantizedPrecision;
  readonly output: string;
  readonly json?: boolean;
};

export const quantizeCommand = (program: Command): void => {
  modelOptions(
    program
      .command("quantize")
      .description(
        "write a model's weights as int8 or int4, and how far they are from what they were",
      ),
  )
    .argument("<model>", "an .eyrie file")
    .requiredOption("--weights <path>", "a .safetensors file, an index, or the folder of one")
    .addOption(
      new Option("--precision <name>", "what weight matrices become")
        .choices(["int8", "int4"])
        .makeOptionMandatory(),
    )
    .requiredOption("--output <file>", "the .safetensors file to write")
    .option("--json", "print as JSON")
    .action(async (model: string, flags: Flags) => {
      await checkOutput(flags.output);
      const { precision } = flags;
      const compiled = await compileFile(
        { model, precision, ...compileOptions(flags), entries: ["decode"] },
        minimumCaps,
      );
      const kinds = await writeQuantized(compiled, flags);
      if (flags.json) return printJson({ output: flags.output, precision, kinds });
      print(
        `${flags.output}: ${precision}, relative root mean square error of each kind of weight`,
      );
      for (const line of table(kinds)) print(`  ${line}`);
    });
};

/** The weights that differ in their layer alone, and how far they are from what they were. */
type Kind = {
  readonly kind: string;
  readonly weights: number;
  readonly shape: readonly number[];
  readonly relativeError: number;
};

async function writeQuantized(
  compiled: Compiled,
  { weights: path, precision, output }: Flags,
): Promise<readonly Kind[]> {
  const { parameters, name } = compiled.model;
  const axes = quantizedAxes(Object.values(compiled.entries).map(({ graph }) => graph));
  const quantization: Quantization = { precision, group: groupSize, axes };
  const count = Object.keys(axes).length;
  if (count === 0)
    throw new UserError(`${name} has no weights to quantise: no product reads a parameter`);
  const { weights, close } = await weightsFor(compiled, path);
  const bar = progressBar("weights");
  const found: Errors[] = [];
  try {
    const hear = (errors: Errors) => bar.update(found.push(errors), count);
    const tensors = quantizedTensors(parameters, quantization, weights, hear);
    const metadata = quantizationMetadata(quantization);
    await writeSafetensors(output, tensors, { format: "eyrie", model: name, ...metadata });
  } finally {
    bar.stop();
    await close();
  }
  return kindsOf(found, new Map(parameters.map((p) => [p.name, p.shape])));
}

function kindsOf(
  found: readonly Errors[],
  shapes: ReadonlyMap<string, readonly number[]>,
): readonly Kind[] {
  const kinds = new Map<string, Errors[]>();
  for (const errors of found) {
    const kind = errors.name.replace(/(?<=^|\.)\d+(?=\.|$)/g, "{i}");
    kinds.set(kind, [...(kinds.get(kind) ?? []), errors]);
  }
  const sum = (all: readonly Errors[], of: "error" | "power") =>
    all.reduce((total, errors) => total + errors[of], 0);
  return [...kinds].map(([kind, all]) => ({
    ...{ kind, weights: all.length, shape: shapes.get(all[0]!.name) ?? [] },
    relativeError: Math.sqrt(sum(all, "error") / (sum(all, "power") || 1)),
  }));
}

function table(kinds: readonly Kind[]): readonly string[] {
  const rows = kinds.map(({ kind, weights, shape, relativeError }) => [
    ...[kind, `[${shape.join(", ")}]`, weights === 1 ? "" : `× ${weights}`],
    `${(100 * relativeError).toFixed(2)} %`,
  ]);
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  "),
  );
}
