import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatText } from "../../dsl/format.ts";

/** The text in its layout; fails where it has mistakes. */
function format(source: string): string {
  const formatted = formatText(source, "a.eyrie");
  if ("text" in formatted) return formatted.text;
  throw new Error(formatted.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
}

/** A body with these lines in it, laid out, without its first and last line. */
const formatBody = (...lines: readonly string[]): readonly string[] =>
  format(`block f(x: [B]) -> [B] {\na = b\n${lines.join("\n")}\n}`)
    .split("\n")
    .slice(2, -2)
    .map((line) => line.slice(2));
const stays = (...lines: readonly string[]) => assert.deepEqual(formatBody(...lines), lines);

describe("format", () => {
  it("keeps comments where they stand, and blank lines between statements, one of several", () => {
    const text = `// Above all.

/// Documentation.
block f(
  x: [B, T, D], // behind a tensor
  // a line of its own

  heads: size = 4, // behind a setting
  // behind the last
) -> [B, T, D] { // behind a bracket
  // first

  y = g( // inside
    x, // why
    heads: heads,
  ) as here // behind

  z = if a // when
    then y
    // before else
    else x
  w = a + // behind an operator
    b
  w
  // last
} // behind all
// below

config m "one" {
  a = 1 // one
  b = 2
}

names n {
  // first
  config { a = b } // settings

  x = "y" // rule
  // last
}
// the end
`;
    assert.equal(format(text), text);
    const spread = text.replaceAll("\n\n", "\n\n\n\n").replaceAll("{\n", "{\n\n");
    assert.equal(format(spread), text);
  });
  it("moves a comment over words that a line break must not part, and over dropped ones", () => {
    assert.deepEqual(formatBody("(f // one", "  (x // two", "  // three", "  , y))"), [
      "f( // one",
      "  x, // two",
      "  // three",
      "  y,",
      ")",
    ]);
    assert.deepEqual(formatBody("(a // one", "  - b)"), ["a - // one", "  b"]);
    assert.deepEqual(formatBody("c // one", "= d", "c"), ["c = // one", "  d", "c"]);
  });
  it("drops parentheses that say nothing, and keeps or adds those that do", () => {
    assert.deepEqual(formatBody("((a * b)) + (c) - ((d - e))"), ["a * b + c - (d - e)"]);
    assert.deepEqual(formatBody("f((a), k: (b + c)) * (if (d) then (a) else (b))"), [
      "f(a, k: b + c) * (if d then a else b)",
    ]);
    stays("(a == b) == c and not (a or -(b + c) < 3) and not (not d)");
    assert.deepEqual(formatBody("a == not b"), ["a == (not b)"]);
    assert.deepEqual(formatBody("not (a) == b and not ((c) < d)"), [
      "not (a == b) and not (c < d)",
    ]);
    assert.deepEqual(formatBody("f(x) as a + b * (f(y) as c) * (g(z) as d)"), [
      "(f(x) as a) + b * (f(y) as c) * g(z) as d",
    ]);
  });
  it("keeps numbers and strings as they are spelt", () => {
    stays("10_000 * 1e-6 + 0.50 + 1E+2");
    const text = 'config m "say \\"\\100\\"" { a = 1_0 }\n';
    assert.equal(format(text), text);
  });
  it("writes single line breaks, no spaces behind a line, and one line break at the end", () => {
    const text = "\uFEFF\r\n\r\nblock f(x: [B]) -> [B] {\r\n\ty = x  // a \t\r\n\r\n\r\n\ty\r}";
    const expected = "block f(x: [B]) -> [B] {\n  y = x // a\n\n  y\n}\n";
    assert.equal(format(text), expected);
    assert.equal(format(""), "");
    assert.equal(format(" \n\n"), "");
    assert.equal(format("\n// a"), "// a\n");
  });
  it("breaks long chains behind operators, and long choices before `then` and `else`", () => {
    const [long, longer] = ["a_name_of_twenty_eight_chars", "a_name_of_some_thirty_two_letters"];
    stays(
      `c = ${longer} * ${longer} +`,
      `  ${longer} / ${longer} -`,
      `  (${long} - ${longer})`,
      `d = if ${long} == 1`,
      `  then ${longer}`,
      `  else ${longer}`,
      `e = if ${long} == 1 then ${long}`,
      `  else if ${long} == 2 then ${long}`,
      `  else ${long}`,
      "c",
    );
  });
  it("fills long lists, and gives each field of a long record a line", () => {
    const long = "a_name_of_twenty_eight_chars";
    stays(
      "c = f(",
      `  ${long}, ${long}, ${long},`,
      `  g(${long}), key: ${long},`,
      ")",
      "{",
      `  one: ${long},`,
      `  two: [${long}, ${long}],`,
      "  three: f(x) as here,",
      "}",
    );
    assert.equal(
      format(`model m(a: size = 1, ${"bcd: number = 0.5, ".repeat(6)}) { x }`),
      `model m(
  a: size = 1, bcd: number = 0.5, bcd: number = 0.5, bcd: number = 0.5, bcd: number = 0.5,
  bcd: number = 0.5, bcd: number = 0.5,
) {
  x
}
`,
    );
  });
  it("puts a function of a result alone and short settings on one line, a block on three", () => {
    assert.equal(
      format("function f(x,\n by = 2) {\n x * by }\nnames n {\n config {\n a = b\n c = d } }"),
      "function f(x, by = 2) { x * by }\n\nnames n {\n  config { a = b, c = d }\n}\n",
    );
    assert.equal(format("block f(x: [B]) -> [B] { x }"), "block f(x: [B]) -> [B] {\n  x\n}\n");
    const wide = `function a_longer_name_than_f(x) {\n  ${"x + a_name_of_twenty_eight_chars + ".repeat(2)}x\n}\n`;
    assert.equal(format(wide), wide);
  });
  it("parts items with a blank line, but for constants and configurations in a row", () => {
    const text =
      'constant a = 1\nconstant b = 2\n\nconfig m "1" { a = 1 }\nconfig m "2" { a = 2 }\n';
    assert.equal(format(text.replace("\n\n", "\n")), text);
    const two = "function f() { 1 }\n\n/// Documentation.\nfunction g() { 1 }\n";
    assert.equal(format(two.replace("\n\n", "\n")), two);
  });
  it("keeps a broken constant in parentheses, lest a word of it start an item", () => {
    const sum = `${"a_name_of_twenty_eight_chars + ".repeat(3)}model`;
    const lines = sum.split(" + ").join(" +\n  ");
    const text = `constant c = (\n  ${lines}\n)\n`;
    assert.equal(format(`constant c = ${sum}`), text);
    assert.equal(format(text), text);
    const remark = "constant c = (\n  a\n  /// no documentation of f\n)\n\nfunction f() { a }\n";
    assert.equal(format(remark.replace(/\)\n\n/, ") ")), remark);
  });
  it("leaves a text with mistakes alone and says which", () => {
    const formatted = formatText("block f(", "a.eyrie");
    assert.ok("diagnostics" in formatted);
    assert.deepEqual(
      formatted.diagnostics.map(({ code, span }) => `${code} ${span.file}`),
      ["E0104 a.eyrie"],
    );
    const stray = formatText("/// Nothing below.\n");
    assert.ok("text" in stray, "a warning is no mistake");
  });
  it("leaves a text alone that would outgrow the longest file", () => {
    const wide = `block f(x: [B]) -> [B] {\n${"//\n".repeat(80_000)}x}`;
    const formatted = formatText(wide);
    assert.equal("diagnostics" in formatted && formatted.diagnostics[0]?.code, "E0112");
  });
});

const root = new URL("../..", import.meta.url).pathname;
const below = (folder: string, end: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("the texts of this repository are laid out", () => {
  const models = [...below("dsl", ".eyrie"), ...below("examples", ".eyrie")];
  for (const path of models.filter((path) => !/explain\/.*\/wrong/.test(path)))
    it(path, () => assert.equal(format(read(path)), read(path)));
  for (const path of below("docs", ".md"))
    it(`the examples of ${path}`, () => {
      for (const [, text = ""] of read(path).matchAll(/```eyrie.*?\n(.*?)```/gs)) {
        // Statements are an excerpt of a body, with or without its result.
        const inBody = (end: string) => `block f() -> [B] {\n${text}${end}}\n`;
        const isEnded = "text" in formatText(inBody(""));
        const whole = text.startsWith("  ") ? inBody(isEnded ? "" : "  1\n") : text;
        assert.equal(format(whole), whole);
      }
    });
});
