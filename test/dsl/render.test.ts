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
  = note: it was opened here
 --> models/a.eyrie:2:7
  |
2 |   y = (x + y]
  |       -
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

  it("lets no control character through to the terminal", () => {
    const shown = render("x \u001b[31m\u202e y", 0, 1);
    assert.ok(!shown.includes("\u001b") && !shown.includes("\u202e"));
  });

  it("colours only when asked, and names a file whose text it does not have", () => {
    assert.ok(render("ab", 0, 1, true).includes("\u001b[33mwarning[W0501]\u001b[0m"));
    const lost = diagnose("W0501", { file: "b", from: 0, to: 1 }, { name: "y" });
    assert.equal(
      renderDiagnostics([lost], new Map()),
      "warning[W0501]: `y` is never used\n --> b\n  hint: use it or remove it\n",
    );
  });
});
