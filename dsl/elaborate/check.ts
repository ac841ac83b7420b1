/** Finds every mistake of the user's files at once: blocks that no model uses, models, and all named configurations. */
import type { Diagnostic } from "../diagnostics.ts";
import { diagnose } from "../messages.ts";
import { nearNames } from "../suggest.ts";
import type { BlockItem, ConfigItem, File, Formal, Span } from "../syntax.ts";
import { quote } from "../wording.ts";
import { isAmbientDim } from "./frame.ts";
import type { SettingKind } from "./kinds.ts";
import { Library } from "./library.ts";
import { type BodyItem, checkNamesOf } from "./names.ts";
import type { Observer } from "./observe.ts";
import { alwaysOne, GivenSizes } from "./ones.ts";
import { hiding, unreached } from "./reach.ts";
import { limits, type Modes, Session } from "./session.ts";
import { elaborateBlock, elaborateModel, evaluateConstants } from "./targets.ts";
import { unusedConstants, unusedNames } from "./unused.ts";
import { blockValue, flagValue, numberValue, type Value } from "./values.ts";
import { tensorDimNames } from "./walk.ts";

const sizes = { batch: 2, tokens: 12, chunk: 12, context: 720 };

/**
 * All mistakes in the user's own files, each once; `files` are these and the standard ones. With `half`, also the
 * parameters that would not fit half precision.
 */
export function checkFile(
  files: readonly File[],
  own: readonly File[],
  { half = false }: { readonly half?: boolean } = {},
): readonly Diagnostic[] {
  const library = new Library(files);
  const names = new Set(own.map(({ file }) => file));
  const isOurs: IsOurs = ({ span }) => names.has(span.file);
  const given = new GivenSizes();
  const runs = new Runs();
  runs.spend((checking) => constantsSession(library, own, checking));
  checkModels(library, isOurs, { half, observe: given.observer }, runs);
  for (const block of library.items("block").filter(isOurs))
    if (!runs.finished.has(block))
      runs.spend((checking) => blockSession(library, block, { checking }));
  return unique([
    ...library.diagnostics.filter(isOurs),
    ...own.flatMap((file) => checkText(file, library)),
    ...runs.diagnostics,
    ...own.flatMap((file) => alwaysOne(file, given)),
    ...unknownModels(library, isOurs),
  ]);
}

type IsOurs = (place: { readonly span: Span }) => boolean;

/** What is found without running anything. */
function checkText(file: File, library: Library): readonly Diagnostic[] {
  const names = file.items.flatMap((item) =>
    item.kind === "config" || item.kind === "names" ? [] : namesOf(item, file.source, library),
  );
  return [...names, ...unusedConstants(file), ...unreached(file), ...hiding(file, library)];
}
/** Every model with each of its configurations. */
function checkModels(library: Library, isOurs: IsOurs, modes: Modes, runs: Runs): void {
  for (const model of library.items("model")) {
    const configs = library.configs(model.name.text).filter(isOurs);
    for (const config of isOurs(model) ? [null, ...configs] : configs)
      runs.spend((checking) => {
        const session = new Session(library, sizes, { ...modes, checking });
        elaborateModel(session, model, config, {}, standIn(model.parameters));
        return session;
      });
  }
}

function unknownModels(library: Library, isOurs: IsOurs): readonly Diagnostic[] {
  const known = library.items("model").map((model) => model.name.text);
  const lost = ({ model }: ConfigItem) => !known.includes(model.text);
  return library
    .items("config")
    .filter((config) => isOurs(config) && lost(config))
    .map(({ model: { text, span } }) =>
      diagnose("E0203", span, { name: text, near: nearNames(text, known), needed: "model" }),
    );
}

/**
 * What a file's sessions found together, and how many calls of blocks they may still follow. Each block that none of them
 * ran to its end is checked by itself, so what is not followed for want of calls is looked at where it is defined.
 */
class Runs {
  readonly diagnostics: Diagnostic[] = [];
  readonly finished = new Set<BlockItem>();
  #left = limits.checkedInAll;

  /** Adds what one item's session found; its calls are taken off. */
  spend(check: (most: number) => Session): void {
    const session = check(Math.max(Math.min(limits.checked, this.#left), limits.checkedAnyway));
    this.#left -= session.calls;
    this.diagnostics.push(...session.diagnostics);
    for (const block of session.finished) this.finished.add(block);
  }
}

/** Unknown and unused names of an item; a name that an unknown one may have meant is not called unused. */
function namesOf(item: BodyItem, source: string, library: Library): readonly Diagnostic[] {
  const unknown = checkNamesOf(item, library);
  const unused = unusedNames(item, source).filter(({ span }) => {
    const name = quote(source.slice(span.from, span.to));
    return !unknown.some(({ hint }) => hint.includes(name));
  });
  return [...unknown, ...unused];
}

function constantsSession(library: Library, own: readonly File[], checking: number): Session {
  const session = new Session(library, sizes, { checking });
  evaluateConstants(session, own);
  return session;
}

/** A block with stand-ins for its sizes; mistakes that only those sizes make are left out. */
export const checkBlock = (
  library: Library,
  block: BlockItem,
  observe: Observer,
): readonly Diagnostic[] =>
  blockSession(library, block, { checking: limits.checked, observe }).diagnostics;

function blockSession(library: Library, block: BlockItem, modes: Modes): Session {
  const session = new Session(library, sizes, { ...modes, standIn: true });
  if (library.endless.has(block)) return session;
  elaborateBlock(session, block, {
    path: "",
    settings: {},
    inputs: standInShapes(block),
    standIn: standIn(block.parameters),
  });
  return session;
}

/** Sizes with many divisors: those of tensors large, those of settings smaller with every step and dividing those before. */
const dimSizes = [55_440, 110_880, 166_320, 221_760, 277_200, 332_640];
const settingSizes = [5_040, 2_520, 840, 420, 60, 12, 6, 2];

function standInShapes(block: BlockItem): Readonly<Record<string, readonly number[]>> {
  const names = [...new Set(tensorDimNames(block.parameters))].filter((dim) => !isAmbientDim(dim));
  const sizeOf = new Map<string, number>([
    ["B", sizes.batch],
    ["T", sizes.tokens],
  ]);
  for (const [i, name] of names.entries()) sizeOf.set(name, dimSizes[i % dimSizes.length]!);
  const shapes = block.parameters.flatMap(({ name, type }): [string, readonly number[]][] =>
    type.kind === "tensor"
      ? [
          [
            name.text,
            type.dims.map((dim) =>
              dim.kind === "name" ? sizeOf.get(dim.name)! : dim.kind === "number" ? dim.value : 1,
            ),
          ],
        ]
      : [],
  );
  return Object.fromEntries(shapes);
}

/** A value for a setting that has no fallback. */
function standIn(formals: readonly Formal[]): (formal: Formal, kind: SettingKind) => Value {
  const asked = formals.filter(
    (formal) => formal.type.kind === "setting" && formal.type.of === "size" && !formal.fallback,
  );
  return (formal, kind) => {
    switch (kind) {
      case "size":
        return numberValue(settingSizes[Math.min(asked.indexOf(formal), settingSizes.length - 1)]!);
      case "number":
        return numberValue(0.5);
      case "flag":
        return flagValue(true);
      case "block":
        return blockValue(null);
      case "pattern":
        return { kind: "poison" };
    }
  };
}

/** Of a name that nothing has yet, nothing more is said. */
const unknownCodes: ReadonlySet<string> = new Set(["E0201", "E0202", "E0213"]);

/** Each mistake once, by file and place: the same code at one place is one mistake, and of an unknown name nothing more is said. */
function unique(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const place = ({ span: { file, from, to } }: Diagnostic) => `${file} ${from} ${to}`;
  const unknown = new Set(diagnostics.filter(({ code }) => unknownCodes.has(code)).map(place));
  const first = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const key = unknown.has(place(diagnostic))
      ? place(diagnostic)
      : `${diagnostic.code} ${place(diagnostic)}`;
    if (!first.has(key)) first.set(key, diagnostic);
  }
  return [...first.values()].sort((a, b) =>
    a.span.file === b.span.file ? a.span.from - b.span.from : a.span.file < b.span.file ? -1 : 1,
  );
}
