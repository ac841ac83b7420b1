/** The methods of a generated module's class: one for each entry, typed by what the model takes and gives. */
import type {
  MethodDeclarationStructure,
  OptionalKind,
  ParameterDeclarationStructure,
} from "ts-morph";
import type { Signature } from "../../targets/signature.ts";

export type Method = OptionalKind<MethodDeclarationStructure>;
type Parameter = OptionalKind<ParameterDeclarationStructure>;

const has = (entries: readonly string[], ...wanted: readonly string[]): boolean =>
  wanted.every((entry) => entries.includes(entry));

const canGenerate = (entries: readonly string[], { tokens, vocabulary }: Signature): boolean =>
  has(entries, "prefill", "decode") && tokens !== null && vocabulary > 0;
const canPredict = (entries: readonly string[], { tokens, vocabulary }: Signature): boolean =>
  has(entries, "score") && tokens !== null && vocabulary > 0;

/** What the module takes from the runtime, and nothing more. */
export function importLine(entries: readonly string[], signature: Signature): string {
  const [calls, scores] = [
    has(entries, "prefill") || has(entries, "decode"),
    has(entries, "score"),
  ];
  const several = signature.outputs.length > 1;
  const takesRows = signature.tokens !== null && (has(entries, "prefill") || scores);
  const names = [
    "type LoadBundleOptions",
    "type Session",
    "loadBundle",
    "Stream",
    ...(calls || (scores && several) ? ["type CallOptions"] : []),
    ...(calls ? ["type Tensor"] : []),
    ...(takesRows || (scores && !several) ? ["type Rows"] : []),
    ...(canGenerate(entries, signature) ? ["type GenerateOptions"] : []),
    ...(scores ? ["type Scores"] : []),
    ...(canPredict(entries, signature) ? ["type Perplexity", "perplexity"] : []),
  ].sort((a, b) => a.replace("type ", "").localeCompare(b.replace("type ", "")));
  return `import { ${names.join(", ")} } from "eyrie/runtime";`;
}

export function entryMethods(entries: readonly string[], signature: Signature): readonly Method[] {
  return [
    ...(has(entries, "prefill") ? [prefill(signature)] : []),
    ...(has(entries, "decode") ? [decode(signature)] : []),
    ...(canGenerate(entries, signature) ? [generate(signature)] : []),
    ...(has(entries, "score") ? [score(signature)] : []),
    ...(canPredict(entries, signature) ? [predict(signature)] : []),
  ];
}

const inputsParameter = { name: "inputs", type: "Inputs" } as const;

/** The tokens, where the model reads them, and its inputs, where it has any. */
function given({ tokens, inputs }: Signature, name: string, type: string): readonly Parameter[] {
  return [...(tokens ? [{ name, type }] : []), ...(inputs.length > 0 ? [inputsParameter] : [])];
}

/** Shapes for people: `logits [batch, 256]`. */
const shown = ({ outputs }: Signature, axes: string): string =>
  outputs.map(({ name, shape }) => `${name} [${[axes, ...shape].join(", ")}]`).join(", ");

/** A call of the stream that gives one output's tensor, or several by name. */
function call(
  signature: Signature,
  method: string,
  tokens: string,
): Pick<Method, "isAsync" | "typeParameters" | "returnType" | "statements"> & {
  readonly options: Parameter;
} {
  const { outputs, inputs } = signature;
  const options = `...options${inputs.length > 0 ? ", inputs" : ""}`;
  const stream = `this.stream.${method}(${signature.tokens ? tokens : "null"}`;
  const [only] = outputs;
  if (only && outputs.length === 1)
    return {
      isAsync: true,
      options: { name: "options", type: 'Pick<CallOptions, "positions">', initializer: "{}" },
      returnType: "Promise<Tensor>",
      statements: [
        `return (await ${stream}, { ${options}, outputs: ["${only.name}"] })).${only.name};`,
      ],
    };
  return {
    ...chosenOutputs,
    isAsync: true,
    returnType: "Promise<Record<W, Tensor>>",
    statements: [`return ${stream}, { ${options}, outputs: ${chosen} });`],
  };
}

const chosen = "options.outputs ?? (outputNames as readonly W[])";
const chosenOutputs = {
  typeParameters: [{ name: "W", constraint: "OutputName", default: "OutputName" }],
  options: {
    name: "options",
    type: 'Pick<CallOptions<W>, "positions" | "outputs">',
    initializer: "{}",
  },
};

function prefill(signature: Signature): Method {
  const { options, ...rest } = call(signature, "feed", "prompts");
  return {
    name: "prefill",
    docs: [`Feeds a prompt to each row; ${shown(signature, "batch")} of each row's last token.`],
    parameters: [...given(signature, "prompts", "Rows"), options],
    ...rest,
  };
}

function decode(signature: Signature): Method {
  const { options, ...rest } = call(signature, "step", "tokens");
  return {
    name: "decode",
    docs: [
      `Feeds one token to each row (${signature.tokens ? "null" : "no values"}: none); ${shown(signature, "batch")} of it.`,
    ],
    parameters: [...given(signature, "tokens", "readonly (number | null)[]"), options],
    ...rest,
  };
}

function generate({ inputs }: Signature): Method {
  const type =
    inputs.length > 0 ? "GenerateOptions & { readonly inputs: Inputs }" : "GenerateOptions";
  return {
    name: "generate",
    docs: [
      "Feeds a prompt to each row, then yields a token per row and step; null once a row has stopped.",
    ],
    parameters: [{ name: "options", type }],
    returnType: "AsyncGenerator<readonly (number | null)[]>",
    statements: ["return this.stream.generate(options);"],
  };
}

function score(signature: Signature): Method {
  const { tokens, inputs, outputs } = signature;
  const first = `this.stream.score(${tokens ? "tokens" : "null"}`;
  const fields = inputs.length > 0 ? ", inputs" : "";
  const method = {
    name: "score",
    docs: [
      `Feeds tokens to each row; ${shown(signature, "batch, chunk")} of them, chunk by chunk.`,
    ],
  };
  const [only] = outputs;
  if (only && outputs.length === 1)
    return {
      ...method,
      parameters: [
        ...given(signature, "tokens", "Rows"),
        { name: "positions", type: "Rows", hasQuestionToken: true },
      ],
      returnType:
        only.name === "logits"
          ? "AsyncGenerator<Scores>"
          : `AsyncGenerator<Scores<"${only.name}">>`,
      statements: [
        "const given = positions ? { positions } : {};",
        `return ${first}, { ...given${fields}, outputs: ["${only.name}"] });`,
      ],
    };
  return {
    ...method,
    typeParameters: chosenOutputs.typeParameters,
    parameters: [...given(signature, "tokens", "Rows"), chosenOutputs.options],
    returnType: "AsyncGenerator<Scores<W>>",
    statements: [`return ${first}, { ...options${fields}, outputs: ${chosen} });`],
  };
}

function predict({ inputs }: Signature): Method {
  const takes = inputs.length > 0;
  return {
    name: "perplexity",
    docs: ["The bits that each token of a text costs, from a fresh state."],
    parameters: [
      { name: "tokens", type: "readonly number[]" },
      ...(takes
        ? [{ name: "inputs", type: "{ readonly [name in keyof Inputs]: ArrayLike<number> }" }]
        : []),
    ],
    returnType: "Promise<Perplexity>",
    statements: [`return perplexity(this.session, tokens, { context${takes ? ", inputs" : ""} });`],
  };
}
