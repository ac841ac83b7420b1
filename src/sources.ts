/** Texts and their syntax trees. Knows nothing of what is made of them. */
import type { Diagnostic } from "../dsl/diagnostics.ts";
import { type Parsed, parse } from "../dsl/parse.ts";
import type { File } from "../dsl/syntax.ts";

export type Source = { readonly file: string; readonly text: string };

const parsedBefore = new WeakMap<Source, Parsed>();

/** A source that was parsed before, as the standard library's are, is not parsed again. */
function parseOnce(source: Source): Parsed {
  const parsed = parsedBefore.get(source) ?? parse(source.file, source.text);
  parsedBefore.set(source, parsed);
  return parsed;
}

/** Every source's tree, and what is wrong with their spelling. */
export function parseAll(sources: readonly Source[]): {
  files: readonly File[];
  diagnostics: readonly Diagnostic[];
} {
  const parsed = sources.map(parseOnce);
  return { files: parsed.map((p) => p.ast), diagnostics: parsed.flatMap((p) => p.diagnostics) };
}

/** The name of the model that is taken where none is named; empty where there is none. */
export function lastModel(files: readonly File[]): string {
  const models = files.flatMap((f) => f.items.filter((i) => i.kind === "model"));
  return models.at(-1)?.name.text ?? "";
}
