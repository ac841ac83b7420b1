import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "../../dsl/parse.ts";
import { printAst, printExpr } from "../../dsl/print.ts";
import { nearNames } from "../../dsl/suggest.ts";
import type { Expr } from "../../dsl/syntax.ts";

const sample = `
/// y = x W + b.
/// Two lines of doc.
block linear(x: [B, T, I], out: size, variance: number = 1 / I,) -> [B, T, out] {
  param w: [I, 2 * out] = normal(variance) // comment
  size K = I / out
  contract(x, w, over: I)
    + b
}
block embed(x: int[B, T], mix: block, deep: flag = true, pattern: pattern = [a, b]) -> [B, T] {
  y = mix(rms_norm(x, eps: 1e-6) as pre) as norm
  if deep then y else 10_000 * y
}
/// Bounded.
function cap(x, most = 30) {
  y = x / most
  most * tanh(y)
}
constant eps = 1e-6
block pair(x: [B, T, D]) -> { kept: [B, T, D], gate: int[B, T], } {
  r = other(x)
  if D == 1 then { kept: r.kept, gate: r.gate } else
  {
    kept: x
      - 2 *
      (x),
    gate: tokens,
  }
}
model tiny(width: size = 8, hidden: size = 3 * width) { gather(embedding, tokens) }
config tiny "1M" { width = 768, hidden = 4 pattern = [a, b] }
names huggingface {
  config { width = hidden_size, hidden = intermediate_size / 2
    theta = rope.theta }
  embedding = "model.embed_tokens.weight"
  layers.{i}.block.x.w = transpose "model.layers.{i}.x.weight"[0]
}
`;
const inBody = (text: string) => `block f(x: [B]) -> [B] {\n${text}\n}`;
const parseBody = (text: string) => {
  const { ast, diagnostics } = parse("f", inBody(text));
  const [item] = ast.items;
  assert.equal(item?.kind, "block");
  return { body: item.body, diagnostics, codes: diagnostics.map((d) => d.code) };
};
const parseValue = (text: string): Expr => {
  const { body, diagnostics } = parseBody(text);
  assert.deepEqual(diagnostics, []);
  assert.ok(body.result);
  return body.result;
};
/** Every operation in parentheses of its own. */
function spell(expr: Expr): string {
  switch (expr.kind) {
    case "binary":
      return `(${spell(expr.left)} ${expr.operator} ${spell(expr.right)})`;
    case "negate":
      return `(-${spell(expr.of)})`;
    case "not":
      return `(not ${spell(expr.of)})`;
    default:
      return printExpr(expr);
  }
}
const messagesOf = (text: string) =>
  parse("f", text).diagnostics.map((d) => `${d.code} ${text.slice(d.span.from, d.span.to)}`);

describe("parse", () => {
  it("reads every item of the language without a word of complaint", () => {
    const { ast, diagnostics } = parse("sample", sample);
    assert.deepEqual(diagnostics, []);
    const kinds = ast.items.map((item) => item.kind);
    assert.deepEqual(kinds, [
      ...["block", "block", "function", "constant", "block", "model", "config", "names"],
    ]);
  });

  it("keeps docs, types, defaults, labels and settings", () => {
    const [linear, embed, cap, , pair, , config, names] = parse("sample", sample).ast.items;
    assert.equal(linear?.kind, "block");
    assert.equal(linear.doc, "y = x W + b.\nTwo lines of doc.");
    assert.deepEqual(
      linear.parameters.map(({ type }) => (type.kind === "setting" ? type.of : type.element)),
      ["float", "size", "number"],
    );
    assert.equal(embed?.kind, "block");
    const [x] = embed.parameters;
    assert.equal(x?.type.kind === "tensor" && x.type.element, "int");
    const [y] = embed.body.statements;
    assert.equal(y?.kind === "let" && y.value.kind === "call" && y.value.label?.text, "norm");
    assert.equal(cap?.kind === "function" && cap.doc, "Bounded.");
    assert.ok(pair?.kind === "block" && pair.result.kind === "record");
    const branches = pair.body.result;
    assert.ok(branches?.kind === "if" && branches.then.kind === "record");
    const kept = branches.then;
    assert.deepEqual(
      kept.fields.map(({ name, value }) => [name.text, value.kind]),
      [
        ["kept", "field"],
        ["gate", "field"],
      ],
    );
    assert.equal(config?.kind === "config" && config.title.text, "1M");
    assert.equal(names?.kind, "names");
    assert.deepEqual(
      names.config.map(({ name }) => name.text),
      ["width", "hidden", "theta"],
    );
    assert.equal(names.rules[1]?.path.text, "layers.{i}.block.x.w");
    assert.equal(names.rules[1]?.source.text, "model.layers.{i}.x.weight");
    assert.deepEqual(
      names.rules.map((r) => [r.index, r.transpose]),
      [
        [null, false],
        [0, true],
      ],
    );
  });

  it("gives every node the text that it was read from", () => {
    const text = inBody("y = (a + b) * c\nf(y, k: -1) as g");
    const [item] = parse("f", text).ast.items;
    assert.equal(item?.kind, "block");
    const cut = ({ span }: { span: { from: number; to: number } }) =>
      text.slice(span.from, span.to);
    const [y] = item.body.statements;
    assert.equal(y?.kind, "let");
    assert.equal(cut(y), "y = (a + b) * c");
    assert.equal(y.value.kind === "binary" && cut(y.value.left), "(a + b)");
    const call = item.body.result;
    assert.equal(call?.kind, "call");
    assert.equal(cut(call), "f(y, k: -1) as g");
    assert.equal(cut(call.named[0]!.value), "-1");
    assert.equal(cut(item), text);
  });

  it("binds operators by their strength, from left to right", () => {
    const cases = {
      "a - b - c * d % e": "((a - b) - ((c * d) % e))",
      "-a * b - -c": "(((-a) * b) - (-c))",
      "not a == b and c or d": "(((not (a == b)) and c) or d)",
      "a + b < c * d": "((a + b) < (c * d))",
      "a or not not b and c": "(a or ((not (not b)) and c))",
      "a * (b + c)": "(a * (b + c))",
    };
    for (const [text, spelt] of Object.entries(cases)) assert.equal(spell(parseValue(text)), spelt);
  });

  it("ends a statement with its line unless an operator joins the next", () => {
    const { body, diagnostics } = parseBody("y = a\n  + b\nz = a *\n b\nu = f(a\n - b,\n (c))\n-y");
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      body.statements.map((s) => s.kind === "let" && printExpr(s.value)),
      ["a + b", "a * b", "f(a - b, c)"],
    );
    assert.equal(body.result && printExpr(body.result), "-y");
    assert.equal(printExpr(parseBody("y = a\n(b + c)").body.result!), "b + c");
  });

  it("reads again what it prints, for any expression", () => {
    const leaf = fc.constantFrom("a", "b1", "2", "0.5", "true", "[a, 1]");
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc
          .tuple(
            tie("value"),
            fc.constantFrom("+", "-", "*", "/", "%", "<", "==", "and", "or"),
            tie("value"),
          )
          .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
        tie("value").map((of) => `-(${of})`),
        tie("value").map((of) => `not (${of})`),
        fc.tuple(tie("value"), tie("value")).map(([a, b]) => `(if ${a} then ${b} else ${a})`),
        fc.tuple(tie("value"), tie("value")).map(([a, b]) => `f(${a}, key: ${b}) as label`),
      ),
    }));
    fc.assert(
      fc.property(value, (text) => {
        const printed = printExpr(parseValue(text));
        assert.equal(spell(parseValue(printed)), spell(parseValue(text)));
      }),
      { numRuns: 200 },
    );
  });

  it("prints a file as text that means the same", () => {
    const printed = printAst(parse("sample", sample).ast);
    const again = parse("printed", printed);
    assert.deepEqual(again.diagnostics, []);
    assert.equal(printAst(again.ast), printed);
  });
});

describe("parse, given mistakes", () => {
  it("finds the mistakes of every statement at once", () => {
    const { codes, body } = parseBody(
      "a = (x\nb = * x\nc = f(x as y\nd = x < x < x\ne = 1e999\nx as z",
    );
    assert.deepEqual(codes, ["E0104", "E0103", "E0104", "E0109", "E0111", "E0108", "E0109"]);
    assert.deepEqual(
      body.statements.map((s) => s.name.text),
      ["a", "b", "c", "d", "e"],
    );
  });

  it("keeps a mistake in one item away from the next", () => {
    const text = "block a(x: [B] -> [B] { x\nblock b(x: [B]) -> [B] { x }\nmodel c() { y( }\n";
    const { ast } = parse("f", text);
    assert.deepEqual(
      ast.items.map((item) => "name" in item && item.name.text),
      ["a", "b", "c"],
    );
    assert.deepEqual(messagesOf(text), ["E0104 (", "E0104 {", "E0104 ("]);
  });

  it("keeps an unclosed record inside its body, and says which path is no value", () => {
    assert.deepEqual(
      messagesOf(
        "block f(x: [B]) -> { a: [B] } {\n  { a: g({ b: x }), c: x\n}\nblock g() -> [B] { 1 }",
      ),
      ["E0104 {"],
    );
    assert.deepEqual(parseBody("a.b.c").codes, ["E0117"]);
    assert.deepEqual(parseBody("g(x).kept").codes, ["E0101"]);
  });

  it("leaves an empty name where a value could not be read", () => {
    const { body } = parseBody("y = f(a, = 3)\ny");
    assert.equal(body.statements[0]?.kind === "let" && printExpr(body.statements[0].value), "?");
  });

  it("points behind the last word where a line ends too early", () => {
    const text = inBody("y = if a then b\nz = 1\nz");
    const [mistake] = parse("f", text).diagnostics;
    assert.equal(mistake?.message, "expected `else`, found `z`");
    assert.equal(mistake.span.from, text.indexOf("b\nz") + 1);
  });

  it("says what to write instead", () => {
    const hints = (text: string) => parse("f", text).diagnostics.map((d) => d.hint);
    assert.deepEqual(hints("blok f() {}"), ["did you mean `block`?"]);
    assert.deepEqual(hints(inBody("f(x, out = 3)")), ["write `:` between a setting and its value"]);
    assert.deepEqual(hints(inBody("1 + if a then b else c")), [
      "put the whole `if … then … else …` in parentheses",
    ]);
    assert.deepEqual(hints(inBody("param size: [D]")).slice(0, 1), [
      "`size` is a word of the language; choose another name",
    ]);
    assert.deepEqual(hints(inBody("f(x y)")), ["put `,` between the two parts"]);
    assert.deepEqual(hints(inBody("a && b")).slice(0, 1), ["write `and`"]);
    assert.deepEqual(hints("config tiny 100M { a = 1 }"), [
      'write its title in quotes, such as `"100M"`',
    ]);
  });

  it("asks for results, calls before `as`, and tensors before settings", () => {
    assert.deepEqual(messagesOf(inBody("y = x")), ["E0114 f"]);
    assert.deepEqual(messagesOf(inBody("x + y as z")), ["E0109 z"]);
    assert.deepEqual(messagesOf(inBody("f(k: 1, x)")), ["E0110 x"]);
    assert.deepEqual(messagesOf(inBody("x\ny")), ["E0113 x"]);
    assert.deepEqual(messagesOf('names n { a.{i} = "b.{j}"[1.5] }'), [
      'E0211 "b.{j}"',
      "E0115 1.5",
    ]);
  });

  it("answers with one diagnostic to nesting that it will not follow", () => {
    const deep = (open: string, close: string, n: number) =>
      parseBody(`y = ${open.repeat(n)}x${close.repeat(n)}\ny`).codes;
    assert.deepEqual(deep("f(", ")", 95), []);
    const [first, ...others] = parse(
      "f",
      inBody(`${"(".repeat(10_000)}x${")".repeat(10_000)}`),
    ).diagnostics;
    assert.equal(first?.code, "E0106");
    assert.deepEqual(others, []);
    assert.deepEqual(messagesOf(inBody(`x${" + x".repeat(5000)}`)), ["E0116 +"]);
    assert.deepEqual(messagesOf(inBody(`${"- ".repeat(5000)}x`)), ["E0106 -"]);
    assert.deepEqual(messagesOf(inBody(`${"if ".repeat(5000)}x`)), ["E0106 if"]);
  });

  it("refuses a file of ten million characters and tells at most fifty mistakes", () => {
    assert.deepEqual(
      parse("f", "x".repeat(1e7)).diagnostics.map((d) => d.code),
      ["E0112"],
    );
    const { diagnostics } = parse("f", inBody("x ) +\n".repeat(1000)));
    assert.equal(diagnostics.length, 51);
    assert.equal(diagnostics.at(-1)?.code, "E0107");
    assert.equal(parse("f", inBody(`y = f(${"x,,\n".repeat(1000)})`)).diagnostics.length, 51);
  });

  it("never throws, whatever the text, and points into it", () => {
    const bits = sample.match(/\w+|\s+|[^\w\s]/g)!;
    const piece = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...bits) },
      { weight: 1, arbitrary: fc.string() },
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        for (const { span } of parse("f", text).diagnostics) {
          assert.ok(span.from >= 0 && span.from < span.to && span.from <= text.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("nearNames", () => {
  it("finds at most three names, nearest first", () => {
    assert.deepEqual(nearNames("sigmiod", ["sigmoid", "softmax", "sin"]), ["sigmoid"]);
    assert.deepEqual(
      nearNames("linear_", ["linear_x", "linear_y", "linear", "linear_out", "conv"]),
      ["linear", "linear_x", "linear_y"],
    );
    assert.deepEqual(nearNames("D", ["d", "B", "T"]), ["d"]);
    assert.deepEqual(nearNames("zzz", ["a", "b"]), []);
  });
});
