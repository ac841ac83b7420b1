/** `eyrie fmt`: model files in the one layout of the language, written in place. */
import { writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { Command } from "commander";
import type { Formatted } from "../../dsl/format.ts";
import { renderDiagnostics } from "../../dsl/render.ts";
import type { Source } from "../compile.ts";
import { readSource } from "../execute/open-model.ts";
import { UserError } from "../graph/bug.ts";
import { colour, print, say, write } from "./terminal.ts";

type Flags = { readonly check?: boolean; readonly stdin?: boolean };
/** A text, where it is written, and what the formatter made of it. */
type Laid = { readonly path: string; readonly source: Source; readonly formatted: Formatted };

export const fmtCommand = (program: Command): void => {
  const command = program
    .command("fmt")
    .description("lay out model files: two spaces, a hundred columns, comments where they stood")
    .argument("[files...]", ".eyrie files")
    .option(
      "--check",
      "change nothing; list files that are not laid out, and fail if there are any",
    )
    .option("--stdin", "read a model from standard input and write it laid out to standard output");
  command.action(async (paths: string[], { check = false, stdin = false }: Flags) => {
    if (stdin === paths.length > 0)
      command.error("error: give .eyrie files, or --stdin and no files", { exitCode: 2 });
    const laid = stdin ? [await layOutInput()] : await layOutFiles(paths);
    const changes = laid.filter(isChange);
    if (check) for (const { source } of changes) print(source.file);
    else if (stdin)
      for (const { formatted } of laid) write("text" in formatted ? formatted.text : "");
    else
      for (const { path, source, formatted } of changes) {
        await writeFile(path, formatted.text);
        say(`${source.file}: laid out`);
      }
    tellMistakes(laid);
    if (check && changes.length > 0)
      throw new UserError(
        changes.length === 1
          ? "1 file is not laid out; run eyrie fmt on it"
          : `${changes.length} files are not laid out; run eyrie fmt on them`,
      );
  });
};

const isChange = (laid: Laid): laid is Laid & { readonly formatted: { readonly text: string } } =>
  "text" in laid.formatted && laid.formatted.text !== laid.source.text;

async function layOutFiles(paths: readonly string[]): Promise<readonly Laid[]> {
  const { formatText } = await import("../../dsl/format.ts");
  const sources = await Promise.all(paths.map(readSource));
  return sources.map((source, index) => {
    const formatted = formatText(source.text, source.file);
    return { path: paths[index] ?? source.file, source, formatted };
  });
}

async function layOutInput(): Promise<Laid> {
  const { formatText } = await import("../../dsl/format.ts");
  const source = { file: "stdin", text: textOf(await buffer(process.stdin)) };
  return { path: source.file, source, formatted: formatText(source.text, source.file) };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError("standard input is not UTF-8 text; give the text of a model file");
  }
}

/** Shows what kept files from being laid out, and fails where there is anything. */
function tellMistakes(laid: readonly Laid[]): void {
  const left = laid.flatMap(({ source, formatted }) =>
    "diagnostics" in formatted ? [{ source, found: formatted.diagnostics }] : [],
  );
  if (left.length === 0) return;
  const texts = new Map(left.map(({ source }) => [source.file, source.text]));
  say(
    renderDiagnostics(
      left.flatMap(({ found }) => found),
      texts,
      { colour: colour() },
    ),
  );
  throw new UserError(
    left.length === 1
      ? "1 file has mistakes and stayed as it was; mend them first"
      : `${left.length} files have mistakes and stayed as they were; mend them first`,
  );
}
