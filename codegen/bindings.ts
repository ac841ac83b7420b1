/** Writes the typed TypeScript module of a compiled model: its settings, parameters, inputs, outputs and entries, over eyrie/runtime. Knows no kernel. */
import {
  type ClassDeclarationStructure,
  type OptionalKind,
  Project,
  type SourceFile,
  VariableDeclarationKind,
} from "ts-morph";
import type { Signature, TokenSpec } from "../targets/signature.ts";
import { entryMethods, importLine, type Method } from "./bindings/methods.ts";

/** What the module says of a model; a bundle has it all. */
export type BindingsSource = {
  readonly model: string;
  readonly settings: Readonly<Record<string, number | boolean | readonly string[]>>;
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly context: number | null;
  readonly chunk: number;
  readonly batch: number;
  readonly entries: Readonly<Record<string, unknown>>;
  /** What the entries take and give for every token. */
  readonly signature: Signature;
};

/** The module's text. */
export function writeBindings(source: BindingsSource): string {
  const project = new Project({ useInMemoryFileSystem: true, compilerOptions: { strict: true } });
  const file = project.createSourceFile("model.ts");
  const entries = Object.keys(source.entries);
  const name = className(source.model);
  file.addStatements([
    `/** The model ${source.model}, compiled: its settings, its parameters, and how to run it. Written by eyrie; compile again to change it. */`,
    importLine(entries, source.signature),
  ]);
  addSizes(file, source);
  addInputs(file, source.signature);
  addOutputs(file, source.signature);
  const union = entries.map((entry) => JSON.stringify(entry)).join(" | ");
  file.addTypeAlias({ name: "Entry", isExported: true, type: union, docs: ["What can be run."] });
  file.addClass(classOf(name, entries, source.signature));
  file.formatText({ indentSize: 2 });
  return spaced(file.getFullText());
}

function addConstant(file: SourceFile, name: string, doc: string, value: string): void {
  file.addVariableStatement({
    isExported: true,
    declarationKind: VariableDeclarationKind.Const,
    declarations: [{ name, initializer: value }],
    docs: [doc],
  });
}

/** Settings, sizes and parameters. */
function addSizes(file: SourceFile, source: BindingsSource): void {
  const constant = (name: string, doc: string, value: string) =>
    addConstant(file, name, doc, value);
  constant(
    "config",
    "The settings that it was compiled with.",
    `${object(source.settings)} as const`,
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
  constant("parameterShapes", "The shape of every parameter.", `${object(shapes)} as const`);
  file.addTypeAlias({
    name: "ParameterName",
    isExported: true,
    type: "keyof typeof parameterShapes",
    docs: ["Every parameter's name."],
  });
}

const shapesOf = (specs: readonly TokenSpec[]): string =>
  `${object(Object.fromEntries(specs.map(({ name, shape }) => [name, shape])))} as const`;

/** What is fed beside tokens, where there is any. */
function addInputs(file: SourceFile, { inputs }: Signature): void {
  if (inputs.length === 0) return;
  addConstant(
    file,
    "inputShapes",
    "The shape of one token's value of every tensor input.",
    shapesOf(inputs),
  );
  file.addTypeAlias({
    name: "Inputs",
    isExported: true,
    type: "{ readonly [name in keyof typeof inputShapes]: readonly ArrayLike<number>[] }",
    docs: [
      "By input: one array per row of the batch, its tokens' values one after another, whole numbers for an int input.",
    ],
  });
}

function addOutputs(file: SourceFile, { outputs }: Signature): void {
  addConstant(
    file,
    "outputShapes",
    "The shape of one token's value of every output.",
    shapesOf(outputs),
  );
  file.addTypeAlias({
    name: "OutputName",
    isExported: true,
    type: "keyof typeof outputShapes",
    docs: ["Every output's name."],
  });
  if (outputs.length < 2) return;
  const names = outputs.map(({ name }) => JSON.stringify(name)).join(", ");
  file.addVariableStatement({
    declarationKind: VariableDeclarationKind.Const,
    declarations: [
      { name: "outputNames", type: "readonly OutputName[]", initializer: `[${names}]` },
    ],
  });
}

function classOf(
  name: string,
  entries: readonly string[],
  signature: Signature,
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
    methods: [loadMethod(name), ...entryMethods(entries, signature), releaseMethod],
  };
}

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

/** `small_model-2b` becomes SmallModel2b. */
function className(model: string): string {
  const words = model.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  return /^[A-Z]/.test(name) ? name : `Model${name}`;
}

/** One blank line before every documented declaration. */
function spaced(text: string): string {
  return `${text.replace(/([^{\n])\n( *)\/\*\*/g, "$1\n\n$2/**").trim()}\n`;
}
