/** Turns the syntax trees of some files into a Model: one graph for one batch and number of tokens. Reads no files. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { Diagnostic } from "./diagnostics.ts";
import { Library } from "./elaborate/library.ts";
import type { Observer } from "./elaborate/observe.ts";
import { type GivenPlaces, Session, type Sizes } from "./elaborate/session.ts";
import {
  type Elaborated,
  elaborateBlock,
  elaborateModel,
  sortedStates,
} from "./elaborate/targets.ts";
import { diagnose } from "./messages.ts";
import type { Model, NameTable, Settings } from "./model.ts";
import { nearNames } from "./suggest.ts";
import type { ConfigItem, File, ModelItem } from "./syntax.ts";

export { checkFile } from "./elaborate/check.ts";
export type { GivenPlaces } from "./elaborate/session.ts";

export type Options = Sizes & {
  readonly settings?: Settings;
  /** Title of a named configuration. */
  readonly config?: string;
  /** Prefix of parameter and state names, as if the block stood there in a model. */
  readonly path?: string;
  /** Shapes of a block's tensor parameters. */
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  readonly givenAt?: GivenPlaces;
  /** Whether matrices will be stored in half precision, so that those it cannot hold are told of. */
  readonly half?: boolean;
  /** Is told every value and every block applied. */
  readonly observe?: Observer;
};

export type Elaboration = {
  readonly model: Model | null;
  readonly diagnostics: readonly Diagnostic[];
};

/** The model, or the block as a model with the output `y` or its result's fields; null where something is wrong. */
export function elaborate(files: readonly File[], target: string, options: Options): Elaboration {
  const library = new Library(files);
  const model = library.model(target);
  const block = model ? null : library.block(target, files.at(-1)?.file ?? "");
  const { settings = {}, path = "", inputs = {} } = options;
  if (model) {
    const session = new Session(library, options, options);
    const config =
      options.config === undefined ? null : findConfig(session, library, model, options.config);
    const elaborated = elaborateModel(session, model, config, settings);
    return finish(session, target, elaborated, options);
  }
  if (block) {
    const { batch, tokens } = sizesOf(block.parameters, inputs, options);
    const session = new Session(library, { ...options, batch, tokens }, options);
    const elaborated = elaborateBlock(session, block, { path, settings, inputs, standIn: null });
    return finish(session, target, elaborated, options);
  }
  return { model: null, diagnostics: [noTarget(files, library, target, options)] };
}

function finish(
  session: Session,
  name: string,
  elaborated: Elaborated,
  options: Options,
): Elaboration {
  const diagnostics = inOrder([...session.library.diagnostics, ...session.diagnostics]);
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error"))
    return { model: null, diagnostics };
  const { outputs } = elaborated;
  if (!outputs) throw new CompilerBug(`${name} has no output and no diagnostic`);
  void session.seen; // Every stream counts its tokens, whether or not some attention asks.
  const model: Model = {
    name,
    settings: elaborated.settings,
    parameters: session.parameters,
    names: session.library.nameTables(),
    context: session.usesContext ? options.context : null,
    values: Object.fromEntries(session.values),
    graph: { name, outputs, states: sortedStates(session) },
  };
  return { model, diagnostics };
}

/** By file and place. */
export const inOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  [...diagnostics].sort((a, b) =>
    a.span.file === b.span.file ? a.span.from - b.span.from : a.span.file < b.span.file ? -1 : 1,
  );

function findConfig(
  session: Session,
  library: Library,
  model: ModelItem,
  title: string,
): ConfigItem | null {
  const configs = library.configs(model.name.text);
  const found = configs.find((config) => config.title.text === title);
  const near = nearNames(
    title,
    configs.map((config) => config.title.text),
  );
  if (!found)
    session.report(
      "E0215",
      session.givenAt.config ?? model.name.span,
      { name: title, model: model.name.text, near },
      session.givenAt.config ? [{ span: model.name.span, message: "this model" }] : [],
    );
  return found ?? null;
}

function noTarget(
  files: readonly File[],
  library: Library,
  target: string,
  { givenAt }: Options,
): Diagnostic {
  const names = [
    ...library.items("model").map((model) => model.name.text),
    ...library.blockNames(),
  ];
  const span = givenAt?.item ?? { file: files.at(-1)?.file ?? "", from: 0, to: 0 };
  return diagnose("E0203", span, {
    name: target,
    near: nearNames(target, names),
    needed: "model or block",
  });
}

/** Batch and tokens as the given shapes have them, where a parameter's type names B and T. */
function sizesOf(
  formals: ModelItem["parameters"],
  inputs: NonNullable<Options["inputs"]>,
  options: Options,
) {
  const sizes = { B: options.batch, T: options.tokens };
  for (const { name, type } of formals) {
    if (type.kind !== "tensor") continue;
    type.dims.forEach((dim, axis) => {
      const size = inputs[name.text]?.[axis];
      if (size !== undefined && dim.kind === "name" && (dim.name === "B" || dim.name === "T"))
        sizes[dim.name] = size;
    });
  }
  return { batch: sizes.B, tokens: sizes.T };
}

/** The tables of names, the user's first. */
export const listTables = (files: readonly File[]): readonly NameTable[] =>
  new Library(files).nameTables();

/** The titles of a model's named configurations. */
export const listConfigs = (files: readonly File[], model: string): readonly string[] =>
  new Library(files).configs(model).map((config) => config.title.text);
