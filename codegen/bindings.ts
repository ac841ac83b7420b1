/** Writes the typed TypeScript module of a compiled model: its settings, parameters and entries, over eyrie/runtime. Knows no kernel. */
import {
  type ClassDeclarationStructure,
  type MethodDeclarationStructure,
  type OptionalKind,
  Project,
  VariableDeclarationKind,
} from "ts-morph";

/** What the module says of a model; a bundle has it all. */
export type BindingsSource = {
  readonly model: string;
  readonly settings: Readonly<Record<string, number | boolean | readonly string[]>>;
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly context: number | null;
  readonly chunk: number;
  readonly batch: number;
  readonly entries: Readonly<Record<string, unknown>>;
};

/** The module's text. */
export function writeBindings(source: BindingsSource): string {
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { strict: true } });
  const file = project.createSourceFile("model.ts");
  const entries = Object.keys(source.entries);
  const name = className(source.model);
  file.addStatements([
    `/** The model ${source.model}, compiled: its settings, its parameters, and how to run it. Written by eyrie; compile again to change it. */`,
    importLine(entries),
  ]);
  constant(
    "config",
    "The settings that it was compiled with.",
    object(source.settings),
    "as const",
  );
  constant("batch", "Rows of tokens side by side.", String(source.batch));
  constant(
    "chunk",
    "Tokens of a row that prefill takes in one call; longer prompts are cut.",
    String(source.chunk),
  );
  constant("context", "Most tokens of one document; null: any number.", String(source.context));
  const shapes = Object.fromEntries(
    source.parameters.map((parameter) => [parameter.name, parameter.shape]),
  );
  constant("parameterShapes", "The shape of every parameter.", object(shapes), "as const");
  file.addTypeAlias({
    name: "ParameterName",
    isExported: true,
    type: "keyof typeof parameterShapes",
    docs: ["Every parameter's name."],
  });
  const union = entries.map((entry) => JSON.stringify(entry)).join(" | ");
  file.addTypeAlias({ name: "Entry", isExported: true, type: union, docs: ["What can be run."] });
  file.addClass(classOf(name, entries));
  file.formatText({ indentSize: 2 });
  return spaced(file.getFullText());

  function constant(name: string, doc: string, value: string, suffix = ""): void {
    file.addVariableStatement({
      isExported: true,
      declarationKind: VariableDeclarationKind.Const,
      declarations: [{ name, initializer: `${value} ${suffix}`.trim() }],
      docs: [doc],
    });
  }
}

function importLine(entries: readonly string[]): string {
  const types = ["LoadBundleOptions", "Rows", "Session"];
  if (entries.includes("prefill") || entries.includes("decode"))
    types.push("CallOptions", "Tensor");
  if (canGenerate(entries)) types.push("GenerateOptions");
  if (entries.includes("score")) types.push("Perplexity", "Scores");
  const values = ["loadBundle", "Stream", ...(entries.includes("score") ? ["perplexity"] : [])];
  const names = [...types.map((type) => `type ${type}`), ...values].sort((a, b) =>
    a.replace("type ", "").localeCompare(b.replace("type ", "")),
  );
  return `import { ${names.filter((name) => name !== "type Rows" || takesRows(entries)).join(", ")} } from "eyrie/runtime";`;
}

const takesRows = (entries: readonly string[]) =>
  entries.includes("prefill") || entries.includes("score");
const canGenerate = (entries: readonly string[]) =>
  entries.includes("prefill") && entries.includes("decode");

function classOf(
  name: string,
  entries: readonly string[],
): OptionalKind<ClassDeclarationStructure> {
  return {
    name,
    isExported: true,
    docs: ["The model on a device, and one batch of token streams through it."],
    properties: [
      { name: "session", isReadonly: true, type: "Session" },
      {
        name: "stream",
        isReadonly: true,
        type: "Stream",
        docs: ["What the rows have seen: copy, save and restore it."],
      },
      { name: "#release", isReadonly: true, type: "() => Promise<void>" },
    ],
    ctors: [
      {
        docs: ["From a session that is open already; `load` opens one."],
        parameters: [
          { name: "session", type: "Session" },
          { name: "stream", initializer: "Stream.open(session, { context })" },
          { name: "release", initializer: "() => session.release()" },
        ],
        statements: [
          "this.session = session;",
          "this.stream = stream;",
          "this.#release = release;",
        ],
      },
    ],
    methods: [loadMethod(name), ...entryMethods(entries), releaseMethod],
  };
}

type Method = OptionalKind<MethodDeclarationStructure>;

const loadMethod = (name: string): Method => ({
  name: "load",
  isStatic: true,
  isAsync: true,
  docs: ["Opens a device and brings a checkpoint's weights onto it."],
  parameters: [{ name: "options", type: "LoadBundleOptions" }],
  returnType: `Promise<${name}>`,
  statements: [
    'const { session, release } = await loadBundle(new URL(".", import.meta.url), options);',
    `return new ${name}(session, Stream.open(session, { context }), release);`,
  ],
});

const releaseMethod: Method = {
  name: "release",
  isAsync: true,
  docs: ["Waits for all work and frees the device."],
  returnType: "Promise<void>",
  statements: ["this.stream.release();", "await this.#release();"],
};

function entryMethods(entries: readonly string[]): Method[] {
  const methods: Method[] = [];
  if (entries.includes("prefill")) {
    methods.push({
      name: "prefill",
      isAsync: true,
      docs: ["Feeds a prompt to each row; logits [batch, vocabulary] after each row's last token."],
      parameters: [{ name: "prompts", type: "Rows" }, callOptions],
      returnType: "Promise<Tensor>",
      statements: ["return (await this.stream.feed(prompts, options)).logits;"],
    });
  }
  if (entries.includes("decode")) {
    methods.push({
      name: "decode",
      isAsync: true,
      docs: ["Feeds one token to each row (null: none); logits [batch, vocabulary] after it."],
      parameters: [{ name: "tokens", type: "readonly (number | null)[]" }, callOptions],
      returnType: "Promise<Tensor>",
      statements: ["return (await this.stream.step(tokens, options)).logits;"],
    });
  }
  if (canGenerate(entries)) {
    methods.push({
      name: "generate",
      docs: [
        "Feeds a prompt to each row, then yields a token per row and step; null once a row has stopped.",
      ],
      parameters: [{ name: "options", type: "GenerateOptions" }],
      returnType: "AsyncGenerator<readonly (number | null)[]>",
      statements: ["return this.stream.generate(options);"],
    });
  }
  return entries.includes("score") ? [...methods, ...scoreMethods] : methods;
}

const callOptions = { name: "options", type: 'Pick<CallOptions, "positions">', initializer: "{}" };

const scoreMethods: readonly Method[] = [
  {
    name: "score",
    docs: ["Feeds tokens to each row; logits after every one of them, chunk by chunk."],
    parameters: [
      { name: "tokens", type: "Rows" },
      { name: "positions", type: "Rows", hasQuestionToken: true },
    ],
    returnType: "AsyncGenerator<Scores>",
    statements: ["return this.stream.score(tokens, positions);"],
  },
  {
    name: "perplexity",
    docs: ["The bits that each token of a text costs, from a fresh state."],
    parameters: [{ name: "tokens", type: "readonly number[]" }],
    returnType: "Promise<Perplexity>",
    statements: ["return perplexity(this.session, tokens, { context });"],
  },
];

/** A record as an object literal, one field a line. */
function object(record: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(record).map(([name, value]) => {
    const key =
      /^[A-Za-z_]\w*$/.test(name) && name !== "__proto__" ? name : `[${JSON.stringify(name)}]`;
    const plain = /^[\w.-]+$/.test(name) && name !== "__proto__" ? JSON.stringify(name) : key;
    return `${key === name ? key : plain}: ${JSON.stringify(value).replaceAll(",", ", ")},`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n}`;
}

/** `recurrent_gemma-2b` becomes RecurrentGemma2b. */
function className(model: string): string {
  const words = model.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^[A-Z]/.test(name) ? name : `Model${name}`;
}

/** One blank line before every documented declaration. */
function spaced(text: string): string {
  return `${text.replace(/([^{\n])\n( *)\/\*\*/g, "$1\n\n$2/**").trim()}\n`;
}
