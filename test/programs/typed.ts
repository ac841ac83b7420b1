/** Programs that elaborate without a mistake, from choices: constants, functions, blocks that call those before them, and a model. */
import type { Choices } from "./choices.ts";
import { bodyOf, type Known, Scope } from "./typed-body.ts";

/** A constant, a function or a block as text, and what others may know of it. */
export function typedFile(c: Choices): string {
  const known: Known = { constants: [], functions: [], blocks: [], pairs: [] };
  const items = [
    ...c.some(2, (index) => constant(c, known, `k${index}`)),
    ...c.some(2, (index) => fn(c, known, `f${index}`)),
    ...Array.from({ length: 1 + c.below(3) }, (_, index) => block(c, known, `b${index}`)),
  ];
  if (c.once(4)) items.push(tower(known, "tower"));
  if (c.once(3)) items.push(pair(c, known, "both"));
  const model = theModel(c, known);
  // Any order will do.
  return [...(c.once(2) ? items.reverse() : items), model, ...configs(c)].join("\n");
}

function constant(c: Choices, known: Known, name: string): string {
  const value = c.one(["0.5", "1e-6", "2", "1_0", "(1 + 2) * 0.25", ...known.constants]);
  known.constants.push(name);
  return `constant ${name} = ${value}`;
}

function fn(c: Choices, known: Known, name: string): string {
  const inner = c.one(["x", "x * by", ...known.functions.map((other) => `${other}(x, by: 2)`)]);
  const result = c.one([`tanh(${inner})`, `by * sigmoid(${inner})`, "if x > by then by else x"]);
  const bound = c.once(2) ? `  y = ${result}\n  y + ${inner}\n` : `  ${result}\n`;
  known.functions.push(name);
  return `function ${name}(x, by = ${c.one(["1", "0.5", ...known.constants])}) {\n${bound}}`;
}

const settings = "gain: number = 0.5, wide: flag = false, hidden: size = 8";

function block(c: Choices, known: Known, name: string): string {
  const scope = new Scope(c, known, "D", ["x"], ["gain"], ["wide"], ["hidden"]);
  const { lines, result } = bodyOf(scope);
  const text = `block ${name}(x: [B, T, D], ${settings}) -> [B, T, D] {\n${lines}  ${result}\n}`;
  known.blocks.push(name);
  return text;
}

/** A block that calls itself. */
function tower(known: Known, name: string): string {
  const [inner] = known.blocks;
  known.blocks.push(name);
  return `block ${name}(x: [B, T, D], gain: number = 1, wide: flag = true, hidden: size = 4, n: size = 2) -> [B, T, D] {
  if n == 1 then ${inner}(x, wide: wide, hidden: hidden) else ${name}(gain * ${inner}(x) as here, n: n - 1) as rest
}`;
}

function pair(c: Choices, known: Known, name: string): string {
  const scope = new Scope(c, known, "D", ["x"], ["gain"], ["wide"], ["hidden"]);
  const { lines, result } = bodyOf(scope);
  const text = `block ${name}(x: [B, T, D], ${settings}) -> { kept: [B, T, D], level: [B, T] } {
${lines}  { kept: ${result}, level: mean(x, over: D) }\n}`;
  known.pairs.push(name);
  return text;
}

function theModel(c: Choices, known: Known): string {
  const inputs = c.once(4) ? "extra: [B, T, width], kind: int[B, T], " : "";
  const scope = new Scope(c, known, "width", ["x"], ["gain"], ["wide"], ["hidden"]);
  const layers = known.blocks.map((name) => {
    const given = c.one(["gain: 0.25", "wide: true", "hidden: 4", "gain: gain, hidden: hidden"]);
    const value = `${name}(${given})`;
    const shared = c.once(4) ? `share(${value}) as core_${name}` : value;
    return `  layer_${name} = ${shared}\n`;
  });
  const names = known.blocks.map((name) => `layer_${name}`);
  const [first, last] = [names[0]!, names.at(-1)!];
  const patterns = [
    `[${names.join(", ")}]`,
    `2 * [${first}]`,
    `[${first}] + 2 * [${last}, ${first}]`,
  ];
  const start = inputs === "" ? "" : " + extra * (if kind == 1 then 0.5 else 1)";
  const { lines, result } = bodyOf(scope);
  const logits = `contract(${result}, embedding, over: width)`;
  const results = c.once(4) ? `{ logits: ${logits}, level: mean(x, over: width) }` : logits;
  const sizes = "vocab: size = 7, width: size = 8, depth: size = 2";
  return `model m(${inputs}${sizes}, ${settings}, pattern: pattern = ${c.one(patterns)}) {
  param embedding: [vocab, width] = normal(1 / width)
${layers.join("")}  x = stack(gather(embedding, tokens)${start}, depth, pattern) as layers
${lines}  ${results}
}`;
}

const configs = (c: Choices): string[] =>
  c.some(2, (index) => `config m "c${index}" { width = ${4 * (index + 1)}, wide = true }`);
