import assert from "node:assert/strict";
import fc from "fast-check";
import { elaborate } from "../../dsl/elaborate.ts";
import { formatText } from "../../dsl/format.ts";
import { parse } from "../../dsl/parse.ts";
import { printGraph } from "../../src/graph/print.ts";
import { anyLayout, anyTree, typedProgram, write } from "../programs.ts";
import { standard } from "./files.ts";

/** More of them, or those of a failure again: EYRIE_RUNS=20000, EYRIE_SEED=17. */
const numRuns = Number(process.env.EYRIE_RUNS ?? 40);
const drawn = process.env.EYRIE_SEED ? { seed: Number(process.env.EYRIE_SEED) } : {};
const parameters = { numRuns, ...drawn };

const sizes = { batch: 2, tokens: 3, chunk: 3, context: 32 };

/** The text in its layout; fails where it has mistakes. */
function format(source: string): string {
  const formatted = formatText(source, "a.eyrie");
  if ("text" in formatted) return formatted.text;
  throw new Error(formatted.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
}

const withoutSpans = (tree: unknown): string =>
  JSON.stringify(tree, (key, value) => (key === "span" ? undefined : value));

/** Everything that a text says but for places, comments and ways to write it. */
function meaning(source: string): string {
  const { ast, diagnostics } = parse("a.eyrie", source);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === "error"),
    [],
  );
  return withoutSpans(ast.items);
}

/** The comments of a text, one after another. */
const commentsIn = (source: string): readonly string[] =>
  [...source.matchAll(/"(?:[^"\\]|\\.)*"|\/\/[^\r\n]*/g)].flatMap(([text]) =>
    text.startsWith("//") ? [text.trimEnd()] : [],
  );

/** The graph and the parameters of a program's model. */
function compiled(source: string): string {
  const { ast } = parse("a.eyrie", source);
  const { model, diagnostics } = elaborate([...standard, ast], "m", sizes);
  assert.ok(model, diagnostics.map(({ message }) => message).join("\n"));
  const { graph, parameters } = model;
  return `${printGraph(graph)}\n${JSON.stringify(parameters)}`;
}

describe("format, of any program in any layout", function () {
  this.timeout(60_000 + numRuns * 1000);
  it("keeps the meaning, and every comment once and in order; a second time changes nothing", () => {
    fc.assert(
      fc.property(anyTree, anyLayout, (tree, layout) => {
        const source = write(tree, layout);
        assert.equal(meaning(source), withoutSpans(tree.items));
        const text = format(source);
        assert.equal(meaning(text), meaning(source));
        assert.deepEqual(commentsIn(text), commentsIn(source));
        assert.equal(format(text), text);
      }),
      parameters,
    );
  });
  it("gives one layout to all texts of a program without comments", () => {
    const packed = (text: string) => text.replace(/\n+/g, "\n");
    fc.assert(
      fc.property(anyTree, anyLayout, (tree, layout) => {
        const plainest = format(write(tree, new Uint8Array(), true));
        assert.equal(packed(format(write(tree, layout, true))), packed(plainest));
      }),
      parameters,
    );
  });
  it("leaves no line wider than a hundred columns where all names are short", () => {
    fc.assert(
      fc.property(typedProgram, (program) => {
        assert.deepEqual(
          format(program)
            .split("\n")
            .filter((line) => line.length > 100),
          [],
        );
      }),
      parameters,
    );
  });
  it("keeps the graph of a model", () => {
    fc.assert(
      fc.property(typedProgram, anyLayout, (program, layout) => {
        const source = write(parse("a.eyrie", program).ast, layout);
        assert.equal(compiled(format(source)), compiled(program));
      }),
      parameters,
    );
  });
});
