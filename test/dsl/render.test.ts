import assert from "node:assert/strict";
import { diagnose } from "../../dsl/messages.ts";
import { parse } from "../../dsl/parse.ts";
import { renderDiagnostics } from "../../dsl/render.ts";

const render = (text: string, from: number, to: number, colour = false) =>
  renderDiagnostics(
    [diagnose("W0501", { file: "a.eyrie", from, to }, { name: "y" })],
    new Map([["a.eyrie", text]]),
    { colour },
  );
const lines = (text: string, from: number, to: number) => render(text, from, to).split("\n");

describe("renderDiagnostics", () => {
  it("shows code, message, place, line, carets, related places and hint", () => {
    const text = "block f(x: [B]) -> [B] {\n  y = (x + y]\n  y\n}\n";
    const { diagnostics } = parse("models/a.eyrie", text);
    assert.equal(
      renderDiagnostics(diagnostics, new Map([["models/a.eyrie", text]])),
      `error[E0105]: \`]\` does not close \`(\`
 --> models/a.eyrie:2:13
  |
2 |   y = (x + y]
  |             ^
  |       - it was opened here
  hint: close \`(\` first
`,
    );
  });

  it("draws a caret below each character of the span, tabs and wide characters included", () => {
    assert.deepEqual(lines("\tx = 語語 + yy", 10, 12).slice(3, 5), [
      "1 |     x = 語語 + yy",
      "  |                ^^",
    ]);
    assert.equal(lines("a\nbc\n", 2, 4)[4], "  | ^^");
  });

  it("shows a span of many lines on its first, and the end of a file as one caret", () => {
    assert.deepEqual(lines("ab\ncd", 1, 5).slice(1, 5), [
      " --> a.eyrie:1:2",
      "  |",
      "1 | ab",
      "  |  ^",
    ]);
    assert.deepEqual(lines("ab", 2, 3).slice(1, 5), [
      " --> a.eyrie:1:3",
      "  |",
      "1 | ab",
      "  |   ^",
    ]);
    assert.equal(lines("ab\r\ncd", 0, 5)[3], "1 | ab");
    assert.equal(lines("", 0, 1)[1], " --> a.eyrie:1:1");
  });

  it("cuts a long line around the span", () => {
    const shown = lines(`${"a".repeat(5000)}BB${"c".repeat(5000)}`, 5000, 5002);
    assert.ok(shown[3]!.length < 150);
    assert.equal(shown[3]!.indexOf("BB"), shown[4]!.indexOf("^^"));
  });

  const at = (file: string, from: number, to: number) => ({ file, from, to });
  const several = (
    texts: Readonly<Record<string, string>>,
    span: ReturnType<typeof at>,
    related: readonly (readonly [ReturnType<typeof at>, string])[],
    notes: readonly string[] = [],
  ) =>
    renderDiagnostics(
      [
        {
          ...{ severity: "note", code: "N0603", message: "it", hint: "do\nthis", span, notes },
          related: related.map(([place, message]) => ({ span: place, message })),
        },
      ],
      new Map(Object.entries(texts)),
    );

  it("draws the places of a file together: a row for each, lines in order, gaps as dots, other files behind", () => {
    const text = "one two\nthree\nfour\nfive\nsix\nseven\n";
    assert.equal(
      several({ a: text, b: "else" }, at("a", 4, 7), [
        [at("a", 0, 3), "first"],
        [at("a", 14, 18), "third"],
        [at("a", 28, 33), "last"],
        [at("b", 0, 4), "there"],
      ]),
      `note[N0603]: it
 --> a:1:5
  |
1 | one two
  |     ^^^
  | --- first
2 | three
3 | four
  | ---- third
...
6 | seven
  | ----- last
 ::: b:1:1
  |
1 | else
  | ---- there
  hint: do
        this
`,
    );
  });

  it("sets the lines of a note and a hint below one another, behind a gutter as wide as the line numbers", () => {
    const text = `${"\n".repeat(99)}x\n`;
    const shown = several({ a: text }, at("a", 99, 100), [], ["x  [B, T]\ny  [B, D]\n       ^"]);
    assert.deepEqual(shown.split("\n").slice(5, 8), [
      "    note: x  [B, T]",
      "          y  [B, D]",
      "                 ^",
    ]);
  });

  it("names what is said of a file whose text it does not have", () => {
    assert.match(several({}, at("a", 0, 1), [[at("b", 0, 1), "there"]]), /::: b\n {2}= there\n/);
  });

  it("gives pictures and flags two columns, marks and joiners none", () => {
    const shown = lines(
      "🇩🇪 e\u0301 👩‍👩‍👧 yy",
      "🇩🇪 e\u0301 👩‍👩‍👧 ".length,
      "🇩🇪 e\u0301 👩‍👩‍👧 yy".length,
    );
    assert.equal(shown[4], `  | ${" ".repeat(2 + 1 + 1 + 1 + 2 + 1)}^^`);
  });

  it("keeps places that stand outside the shown part of a long line at its ends", () => {
    const text = `${"a".repeat(500)}BB${"c".repeat(500)}`;
    const shown = several({ a: text }, at("a", 500, 502), [
      [at("a", 0, 1), "far left"],
      [at("a", 1000, 1002), "far right"],
    ]).split("\n");
    const width = shown[3]!.length;
    for (const line of shown.slice(4, 7)) assert.ok(line.indexOf("far") <= width + 2, line);
    assert.equal(shown[3]!.indexOf("BB"), shown[4]!.indexOf("^^"));
  });

  it("lets no control character through to the terminal", () => {
    const shown = render("x \u001b[31m\u202e y", 0, 1);
    assert.ok(!shown.includes("\u001b") && !shown.includes("\u202e"));
  });

  it("colours only when asked, and names a file whose text it does not have", () => {
    assert.ok(render("ab", 0, 1, true).includes("\u001b[33mwarning[W0501]\u001b[0m"));
    const lost = diagnose("W0501", { file: "b", from: 0, to: 1 }, { name: "y" });
    assert.equal(
      renderDiagnostics([lost], new Map()),
      "warning[W0501]: `y` is never used\n --> b\n  hint: use it or remove it; a name that begins with `_` may go unused\n",
    );
  });
});
