import assert from "node:assert/strict";
import { parse } from "../../dsl/parse.ts";

const inBody = (line: string) => `block f(x: [B, T, D]) -> [B, T, D] {\n  ${line}\n  x\n}\n`;
const first = (text: string) => parse("f", text).diagnostics[0];

/** A line of a body as somebody from another language writes it, and what the hint says. */
const lines: readonly (readonly [string, RegExp])[] = [
  ["y = x ** 2", /`pow\(a, b\)`/],
  ["y = x ^ 2", /`pow\(a, b\)`/],
  ["y = x @ x", /`contract\(a, b, over: D\)`/],
  ["return x", /leave `return` out/],
  ["let y = x", /`name = value`/],
  ["y := x", /write `=`/],
  ["y += x", /`new = old \+ …`/],
  ["y == x", /`==` compares/],
  ["y: number = 3", /no written types/],
  ["y: float = 3", /`size` .* `number` and `flag`/],
  ["y = lambda z: z", /`function name\(x\) \{ … \}`/],
  ["y = (z) => z", /`function name\(x\) \{ … \}`/],
  ["y = x => 3", /`>=` compares/],
  ["y = x =< 3", /`<=`/],
  ["y = x <> 3", /`!=`/],
  ["y = x ? 1 : 2", /`if condition then a else b`/],
  ["y = x if x > 0 else 0", /the condition stands first/],
  ["if x > 0 { x } else { y }", /an `if` is a value/],
  ["elif x > 0 then x", /`if … then … else if … then … else …`/],
  ["y = x && x", /write `and`/],
  ["y = !x", /write `not`/],
  ["y = x | x", /`or`/],
  ["y = x is x", /`==`/],
  ["y = x[0]", /`slice\(x, D, K, from: 0\)`/],
  ["y = x[:, -1]", /`shift\(x, by: 1\)`/],
  ["y = x.sum()", /a function stands before its tensor/],
  ["y = torch.relu(x)", /bare names/],
  ["y = x.shape[0]", /a dimension's name is its size/],
  ["a, b = f(x)", /gives a record/],
  ["y = (x, x)", /stand together in a record/],
  ["y = {x}", /each value of a record with its name/],
  ["param w: (D, D) = zeros", /square brackets/],
  ["y = x;", /a statement ends with its line/],
  ["y = f(x, n = 3)", /`:` between a setting and its value/],
  ["y = 'a'", /between `"`/],
  ["/* c */ y = x", /start comments with `\/\/`/],
  ["print(x)", /leave it out/],
  ["match x { }", /`if condition then value else value`/],
];
/** The start of a file. */
const starts: readonly (readonly [string, RegExp])[] = [
  ["def f(x):\n  return x\n", /`block name\(x: \[B, T, D\]\)/],
  ["class F(nn.Module):\n", /`block name/],
  ["import torch\n", /the standard library is there by itself/],
  ["let x = 3\n", /`constant name = value`/],
  ["param w: [D] = zeros\n", /into the body/],
  ["bloc f(x: [B]) -> [B] { x }\n", /did you mean `block`\?/],
  ["block f[x: [B]] -> [B] { x }\n", /round brackets/],
  ["block f(x: [B]) => [B] { x }\n", /`->`/],
  ["block f(x) -> [B] { x }\n", /give each parameter a type/],
  ["block f(x: [B]) -> B { x }\n", /in brackets after `->`/],
];

describe("a habit of another language", () => {
  for (const [line, hint] of lines)
    it(`is met with a hint: ${line}`, () => assert.match(first(inBody(line))?.hint ?? "", hint));
  for (const [text, hint] of starts)
    it(`is met with a hint: ${text.split("\n")[0]}`, () =>
      assert.match(first(text)?.hint ?? "", hint));

  it("that asks for a loop or a complex number is refused, once for its line", () => {
    for (const line of ["for (i = 0; i < 3; i++) { x }", "while true { x }", "y = 2j * x"]) {
      const { diagnostics } = parse("f", inBody(line));
      assert.equal(diagnostics.length, 1, line);
      assert.match(diagnostics[0]!.message, /^the language cannot say /);
      assert.equal(diagnostics[0]!.notes.length, 1);
    }
  });
  it("does not take a mistake of another kind for one", () => {
    assert.match(first(inBody("y = gelu(x, a: 3 x)"))?.hint ?? "", /put `,` between/);
    assert.match(first(inBody("y = if x > 0 then 1"))?.hint ?? "", /has both branches/);
  });
});
