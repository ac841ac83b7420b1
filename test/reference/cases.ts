/** Reads a directory of reference cases in the format of its README: a JSON description and safetensors for each. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkOf, parseJson } from "../../src/schemas/validate.ts";
import { type Checkpoint, openCheckpoint } from "../../src/weights/checkpoint.ts";
import type { Tensor } from "../../targets/tensor.ts";

export const kinds = [
  "rms_norm",
  "mlp",
  "conv1d",
  "rg_lru",
  "attention",
  "residual_block",
  "model_prefill",
  "model_decode",
  "model_padded",
  "model_activations",
] as const;
export type Kind = (typeof kinds)[number];
/** Kinds that wait for training, and files that are no cases. */
export const gradientKinds = ["rg_lru_grad", "model_grad"] as const;
export const weightKinds = ["model_weights"] as const;

export type Config = Readonly<Record<string, unknown>>;
export type ExpectedOutput = {
  readonly shape: readonly number[];
  readonly suggested_atol?: number;
  readonly exact?: boolean;
};
export type CaseFile = {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly config: Config;
  readonly tensors_file: string;
  readonly weights_file: string;
  readonly outputs: Readonly<Record<string, ExpectedOutput>>;
};

/** A case with its tensors read and its weights open. */
export type Case = Omit<CaseFile, "kind"> & {
  readonly kind: Kind;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly expected: Readonly<Record<string, Tensor>>;
  readonly weights: Checkpoint;
  close(): Promise<void>;
};

const checkCase = checkOf<CaseFile>(
  {
    type: "object",
    required: ["name", "kind", "config", "tensors_file", "weights_file", "outputs"],
    properties: {
      name: { type: "string" },
      kind: { enum: [...kinds, ...gradientKinds, ...weightKinds] },
      description: { type: "string" },
      config: { type: "object" },
      tensors_file: { type: "string" },
      weights_file: { type: "string" },
      outputs: {
        type: "object",
        additionalProperties: {
          type: "object",
          required: ["shape"],
          properties: {
            shape: { type: "array", items: { type: "integer", minimum: 0 } },
            suggested_atol: { type: "number", exclusiveMinimum: 0 },
            exact: { type: "boolean" },
          },
        },
      },
    },
  },
  "mend the case",
);

/** Descriptions of all cases of a directory, by name. */
export async function listCases(directory: string): Promise<readonly CaseFile[]> {
  const names = (await readdir(directory))
    .filter((n) => n.endsWith(".json") && n !== "index.json")
    .sort();
  return Promise.all(
    names.map(async (n) => {
      const path = join(directory, n);
      return checkCase(parseJson(await readFile(path, "utf8"), path), path);
    }),
  );
}

export const isForward = (c: CaseFile): c is CaseFile & { kind: Kind } =>
  (kinds as readonly string[]).includes(c.kind);

export async function openCase(directory: string, file: CaseFile & { kind: Kind }): Promise<Case> {
  const tensors = await openCheckpoint(join(directory, file.tensors_file));
  const weights = await openCheckpoint(join(directory, file.weights_file));
  const inputs: Record<string, Tensor> = {};
  const expected: Record<string, Tensor> = {};
  for (const name of tensors.tensors.keys()) {
    if (name.startsWith("input.")) inputs[name.slice(6)] = await tensors.read(name);
  }
  for (const name of Object.keys(file.outputs)) {
    // The float64 result, where a case has it, is nearer the truth than the published float32 one.
    const precise = name.replace(/^expected\./, "ref64.");
    expected[name] = await tensors.read(tensors.tensors.has(precise) ? precise : name);
  }
  await tensors.close();
  return { ...file, inputs, expected, weights, close: () => weights.close() };
}
