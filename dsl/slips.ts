/** Habits of other languages as they show in a line of text, and what to write instead. Finds no mistakes: it words those that were found. */
import type { Diagnostic } from "./diagnostics.ts";
import { placeAt } from "./places.ts";
import { type Refusal, refusalOf } from "./refusals.ts";

/** `pattern` must match around the mistake's place, or anywhere in its line where `wide`. */
type Slip = {
  readonly pattern: RegExp;
  readonly wide?: boolean;
  readonly hint: string | Refusal;
};

const loops = refusalOf("for")!;
const complex = refusalOf("complex")!;
const library = "torch|nn|jax|jnp|np|numpy|tf|keras|mx|F|lax|math";

/** The first that fits is taken, so what is particular stands before what is general. */
const slips: readonly Slip[] = [
  { pattern: /^\s*(for|while)\b/, wide: true, hint: loops },
  { pattern: /\*\*/, hint: "write a power as `pow(a, b)`, a square as `x * x`" },
  { pattern: /\^/, hint: "write a power as `pow(a, b)`, a square as `x * x`" },
  { pattern: /\d[jJ]\b/, hint: complex },
  { pattern: /^\s*@\w+/, hint: "leave it out: nothing is marked with `@`" },
  { pattern: /@/, hint: "write a product as `contract(a, b, over: D)`" },
  { pattern: /^\s*return\b/, hint: "leave `return` out: the last line of a body is its result" },
  {
    pattern: /^\s*(let|const|var|val|auto|mut|set)\b/,
    hint: "leave the word out: a value gets its name with `name = value`",
  },
  { pattern: /^\s*(print|assert|del|pass)\b/, hint: "leave it out: a body only computes values" },
  {
    pattern: /^\s*(match|switch|case)\b/,
    hint: "write `if condition then value else value`, one inside the other",
  },
  {
    pattern: /^\s*(elif|else)\b/,
    wide: true,
    hint: "an `if` is one value: `if … then … else if … then … else …`",
  },
  {
    pattern: /^\s*if\b(?!.*\bthen\b).*[:{]/,
    wide: true,
    hint: "an `if` is a value: `y = if condition then a else b`",
  },
  {
    pattern: /=\s*[^=]+\bif\b(?!.*\bthen\b).+\belse\b/,
    wide: true,
    hint: "the condition stands first: `if condition then a else b`",
  },
  {
    pattern: /^\s*(block|model|function)\s+\w+\s*\[/,
    hint: "write the parameters in round brackets: `(x: [B, T, D])`",
  },
  { pattern: /^\s*block\b.*\)\s*=>/, hint: "write `->` before the result's dimensions" },
  {
    pattern: /\blambda\b|\)\s*=>/,
    wide: true,
    hint: "write `function name(x) { … }` beside the blocks",
  },
  {
    pattern: /=>/,
    hint: "`>=` compares; a function is `function name(x) { … }` beside the blocks",
  },
  { pattern: /\?[^:]*(:|$)/, hint: "write `if condition then a else b`" },
  {
    pattern: /^\s*\w+(\s*,\s*\w+)+\s*=/,
    hint: "a block with several results gives a record: `r = pair(x)`, then `r.kept` and `r.gate`",
  },
  {
    pattern: /^\s*\w+\s*==/,
    hint: "write one `=` to give a value its name; `==` compares",
  },
  {
    pattern:
      /:\s*(int|integer|float|double|real|f32|bool|boolean|str|string|Tensor|tensor|Array)\b\s*[=,)]?/,
    hint: "kinds of settings are `size` (whole, from 1), `number` and `flag`; tensors are typed by their dimensions, `[B, T, D]`",
  },
  { pattern: /:=/, hint: "write `=` to give a value its name" },
  {
    pattern: /[+\-*/%]=(?!=)/,
    hint: "a name gets one value: write `new = old + …` with a name of its own",
  },
  {
    pattern: /^\s*\w+\s*:\s*\w+\s*=/,
    hint: "values have no written types: `name = value`; sizes are `size name = value`",
  },
  { pattern: /=</, hint: "write `<=`" },
  { pattern: /<>/, hint: "write `!=`" },
  { pattern: /\bis\b/, hint: "write `==`" },
  { pattern: /\bin\b/, hint: "compare with each: `x == 1 or x == 2`" },
  { pattern: /(?<!\|)\|(?!\|)/, hint: "join flags with `or`" },
  { pattern: /(?<!&)&(?!&)/, hint: "join flags with `and`" },
  { pattern: /~/, hint: "write `not`" },
  { pattern: /\/\*|\*\//, hint: "start comments with `//`, line by line" },
  { pattern: /'/, hint: 'strings stand after `config` and in `names` only, between `"`' },
  { pattern: /\.\./, hint: "write `index(n)` for 0, 1, …, or `slice(x, D, K, from: 0)`" },
  {
    pattern: new RegExp(`\\b(${library})\\.\\w+(\\.\\w+)*\\s*\\(`),
    wide: true,
    hint: "functions go by their bare names, such as `sigmoid(x)` or `linear(x, out: D)`",
  },
  {
    pattern: /\b\w+\.\w+\s*\(.*?\)?/,
    hint: "a function stands before its tensor: `sum(x, over: D)`",
  },
  {
    pattern: /\.shape\b.*/,
    hint: "a dimension's name is its size: write `D`",
  },
  {
    pattern: /[\w)]\[/,
    hint: "elements are taken by name: `slice(x, D, K, from: 0)`, `gather(table, indices)`, or `shift(x, by: 1)` for the token before",
  },
  { pattern: /:\s*\(/, hint: "dimensions stand in square brackets: `[D, H]`" },
  {
    pattern: /=\s*\(\s*\w+\s*,/,
    hint: "values stand together in a record: `{ first: a, second: b }`",
  },
  {
    pattern: /=\s*\{\s*\w+\s*\}/,
    hint: "write each value of a record with its name, such as `{ kept: a }`",
  },
];

/** Slips at the start of an item. */
const itemSlips: readonly Slip[] = [
  {
    pattern: /^\s*(def|fn|func|fun|class|module|layer|struct|public|export|async)\b/,
    wide: true,
    hint: "write `block name(x: [B, T, D]) -> [B, T, D] { … }`, or `function name(x) { … }` without parameters",
  },
  {
    pattern: /^\s*(import|from|include|use|using|require|open)\b/,
    wide: true,
    hint: "leave it out: the standard library is there by itself, and a file holds all else that it uses",
  },
  {
    pattern: /^\s*(let|const|var|val|static|final|define)\b/,
    wide: true,
    hint: "write `constant name = value`",
  },
  {
    pattern: /^\s*(size|param)\b/,
    wide: true,
    hint: "it belongs into the body of a block or model",
  },
];

const codes: ReadonlySet<string> = new Set(["E0101", "E0103", "E0113"]);

/** The diagnostics of a file, those that show a habit of another language worded for it; a line's loop is said once. */
export function reword(source: string, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const refused = new Set<number>();
  return diagnostics.flatMap((diagnostic) => {
    if (!codes.has(diagnostic.code)) return [diagnostic];
    const { line, text, start } = placeAt(source, diagnostic.span.from);
    if (refused.has(line)) return [];
    const slip = slipAt(text, diagnostic.span.from - start, diagnostic.message.includes("`block`"));
    if (!slip) return [diagnostic];
    if (typeof slip.hint === "string") return [{ ...diagnostic, hint: slip.hint }];
    refused.add(line);
    const { what, why, instead } = slip.hint;
    const message = `the language cannot say ${what}`;
    return [{ ...diagnostic, message, notes: [...diagnostic.notes, why], hint: instead }];
  });
}

function slipAt(line: string, column: number, isItem: boolean): Slip | null {
  const fits = ({ pattern, wide = false }: Slip) => {
    const match = pattern.exec(line);
    if (!match || wide) return match !== null;
    return match.index - 1 <= column && column <= match.index + match[0].length + 1;
  };
  return (isItem ? itemSlips : slips).find(fits) ?? null;
}
