import assert from "node:assert/strict";
import { checkFile } from "../../dsl/elaborate.ts";
import { parse } from "../../dsl/parse.ts";
import { mistakesIn, standard } from "./files.ts";

const said = (text: string) => mistakesIn(text).map((line) => line.replace(/: [^:]*$/, ""));
const block = (body: string, head = "block f(x: [B, T, D]) -> [B, T, D]") => `${head} { ${body} }`;
const model = (body: string, more = "", settings = "") => `
model m(vocab: size = 8, width: size = 4${settings}) {
  param embedding: [vocab, width] = ones
  x = gather(embedding, tokens)
  contract(${body}, embedding, over: width)
}
${more}`;

describe("a warning", () => {
  it("is given for parameters, settings and values that nothing reads", () => {
    const text = block(
      "param w: [D] = ones\n size K = 2\n y = x\n x",
      "block f(x: [B, T, D], other: [B, T, D], n: size) -> [B, T, D]",
    );
    assert.deepEqual(said(text), [
      "1: W0501 at other",
      "1: W0501 at n",
      "1: W0501 at w",
      "2: W0501 at K",
      "3: W0501 at y",
    ]);
    assert.deepEqual(
      said("function f(a, b) { a }\nblock g(x: [B, T, D]) -> [B, T, D] { f(x, 1) }"),
      ["1: W0501 at b"],
    );
  });
  it("is not given for names that types, fallbacks and patterns read, or that begin with `_`", () => {
    assert.deepEqual(
      said(
        block(
          "linear(x, out: out)",
          "block f(x: [B, T, D], n: size = 2, out: size = n) -> [B, T, out]",
        ),
      ),
      [],
    );
    assert.deepEqual(
      said(block("x", "block f(x: [B, T, D], _memory: [B, T, D]) -> [B, T, D]")),
      [],
    );
  });
  it("is not given for a name that a misspelt one may have meant", () => {
    assert.deepEqual(said(block("gate = x\n gaet * x")), ["2: E0201 at gaet"]);
  });
  it("tells of names of the standard library and of primitives that a file takes for itself", () => {
    assert.deepEqual(said(block("x", "block linear(x: [B, T, D]) -> [B, T, D]")), [
      "1: W0502 at linear",
    ]);
    assert.deepEqual(said("function relu(x) { x }\nfunction scan(x) { x }"), [
      "1: W0502 at relu",
      "2: W0502 at scan",
    ]);
  });
  it("tells of blocks and functions that no model of the file reaches, through others too", () => {
    const more = `${block("g(x)")}\n${block("h(x)", "block g(x: [B, T, D]) -> [B, T, D]")}
function h(x) { x }
${block("k(x)", "block alone(x: [B, T, D]) -> [B, T, D]")}
function k(x) { x }`;
    assert.deepEqual(said(model("f(x)", more)), ["10: W0503 at alone", "11: W0503 at k"]);
    assert.deepEqual(said(model("x", more)).filter((line) => line.includes("W0503")).length, 5);
  });
  it("calls nothing unreached in a file without models, or whose models take any block", () => {
    assert.deepEqual(said(block("x")), []);
    const open = model("mix(x)", block("x"), ", mix: block = conv");
    assert.deepEqual(said(open), []);
  });
  it("calls nothing unreached that a broken part of a model may need", () => {
    const text = model("f(x) ) + (", block("x"));
    assert.deepEqual(
      said(text).filter((line) => line.includes("W0503")),
      [],
    );
  });
  it("tells of dimensions that are 1 as written, and of sizes that every call makes 1", () => {
    assert.deepEqual(said(block("param w: [1, D] = ones\n x * sum(w, over: 1)")), [
      "1: W0504 at 1",
    ]);
    const wide = block(
      "param w: [n, D] = ones\n x * sum(w, over: n)",
      "block f(x: [B, T, D], n: size = 1) -> [B, T, D]",
    );
    assert.deepEqual(said(model("f(x)", wide)), ["7: W0504 at n"]);
    assert.deepEqual(said(model("f(x) + (f(x, n: 2) as other)", wide)), []);
    assert.deepEqual(said(model("f(x, n: heads)", wide, ", heads: size = 1")), []);
  });
  it("tells of starts that half precision cannot hold, for matrices and only when asked", () => {
    const starts = [
      "1e6",
      "normal(1e12)",
      "exp(uniform(20, 30))",
      "1e-9",
      "1 / (1e8 * uniform(1, 2))",
    ];
    const fine = ["0", "6e4", "normal(1e4)", "uniform(-1, 1)", "1e-7"];
    const found = (start: string, dims: string, half: boolean) => {
      const use = dims === "[width]" ? "w * n" : "sum(w, over: n)";
      const text = model(`x * ${use}`, "", ", n: size = 3").replace(
        "  x =",
        `  param w: ${dims} = ${start}\n  x =`,
      );
      const { ast, diagnostics } = parse("user.eyrie", text);
      return [...diagnostics, ...checkFile([...standard, ast], [ast], { half })].map((d) => d.code);
    };
    for (const start of starts) {
      assert.deepEqual(found(start, "[n, width]", true), ["W0505"], start);
      assert.deepEqual(found(start, "[n, width]", false), []);
      assert.deepEqual(found(start, "[width]", true), []);
    }
    for (const start of fine) assert.deepEqual(found(start, "[n, width]", true), [], start);
  });
  it("tells of documentation above nothing, and not of what stands behind other words", () => {
    assert.deepEqual(said(`/// Of f.\n${block("\n /// lost\n x /// a comment\n")}\n/// the end`), [
      "3: W0506 at /// lost",
      "6: W0506 at /// the end",
    ]);
  });
  it("tells of a scan whose constant decay lets it grow", () => {
    assert.deepEqual(said(block("scan(-1.01, x)")), ["1: W0507 at -1.01"]);
    for (const decay of ["1", "-1", "0.5", "x"])
      assert.deepEqual(said(block(`scan(${decay}, x)`)), []);
  });
});
