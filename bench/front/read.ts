/** Reads and checks a long file several times in this process; sends the milliseconds of each time to its parent. */
import { checkFile, parse, standardLibrary } from "./built.ts";
import { longFile } from "./long-file.ts";

export type ReadTimes = {
  readonly lines: number;
  readonly times: readonly { readonly parse: number; readonly check: number }[];
};

const rounds = 21;
const text = longFile(2_000);
const standard = standardLibrary().map(({ file, text }) => parse(file, text).ast);

const times = Array.from({ length: rounds }, () => {
  const started = performance.now();
  const { ast, diagnostics } = parse("long.eyrie", text);
  const parsed = performance.now();
  const found = [...diagnostics, ...checkFile([...standard, ast], [ast])];
  if (found.length > 0) throw new Error(`the long file is wrong: ${found[0]!.message}`);
  return { parse: parsed - started, check: performance.now() - parsed };
});
process.send?.({ lines: text.split("\n").length, times } satisfies ReadTimes);
