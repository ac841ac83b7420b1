import assert from "node:assert/strict";
import fc from "fast-check";
import { becoming, meetingRemedy } from "../../dsl/remedies.ts";
import { aligned, type Shape } from "../../dsl/shapes.ts";
import { mistakesIn } from "./files.ts";

/** `x: B 2, T 3, D 8` */
const shape = (spelling: string): Shape => {
  const [text = "", dims = ""] = spelling.split(": ");
  const pairs = dims.split(", ").map((pair) => pair.split(" "));
  return { text, dims: pairs.map(([dim]) => dim!), sizes: pairs.map(([, size]) => Number(size)) };
};
const lines = (above: string, below: string) => aligned(shape(above), shape(below)).split("\n");

describe("aligned shapes", () => {
  it("stand in columns with the disagreeing ones marked, whatever their lengths", () => {
    assert.deepEqual(lines("x: B 2, T 3, D 8", "gate: B 2, T 3, rnn 9"), [
      "x     [B, T, D  ]",
      "gate  [B, T, rnn]",
      "             ^^^",
    ]);
  });
  it("leave a column empty for what one of them lacks", () => {
    assert.deepEqual(
      aligned(
        shape("x: B 2, T 3, H 4, D 8"),
        shape("w: H 4, E 8"),
        (a, b) => b !== null && a !== b,
      ).split("\n"),
      ["x  [B, T, H, D]", "w  [      H, E]", "             ^"],
    );
    assert.deepEqual(lines("x: B 2, T 3", "w: D 8").slice(0, 2), ["x  [B, T]", "w  [   D]"]);
  });
  it("show another order at the end of the longer one", () => {
    assert.deepEqual(lines("h: B 2, T 3, H 4, K 5", "q: K 5, H 4").slice(0, 2), [
      "h  [B, T, H, K]",
      "q  [      K, H]",
    ]);
  });
  it("keep the order of both and never put two names of one shape into one column", () => {
    const dims = fc.uniqueArray(fc.constantFrom("B", "T", "D", "H", "K", "rnn", "4"), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        const [above, below] = aligned(
          { text: "a", dims: a, sizes: [] },
          { text: "b", dims: b, sizes: [] },
        ).split("\n");
        const names = (row: string) => row.slice(row.indexOf("[")).match(/\w+/g) ?? [];
        assert.deepEqual(names(above!), a);
        assert.deepEqual(names(below!), b);
        assert.equal(above!.length, below!.length);
      }),
    );
  });
});

describe("a remedy for two shapes", () => {
  const meet = (a: string, b: string, operator = "*") =>
    meetingRemedy(shape(a), shape(b), operator);

  it("is a transpose for another order", () => {
    assert.match(
      meet("h: B 2, T 3, H 4, K 5", "g: B 2, T 3, K 5, H 4"),
      /`transpose\(g, \[B, T, H, K\]\)`/,
    );
  });
  it("is a split where one dimension is the product of others, a merge the other way round", () => {
    assert.match(meet("x: B 2, T 3, H 4, K 5", "w: D 20"), /`split\(w, D, \[H, K\]\)`/);
    const merged = becoming(shape("h: B 2, T 3, H 4, K 5"), shape("promised: B 2, T 3, D 20"));
    assert.match(merged!, /`merge\(h, \[H, K\], D\)`/);
  });
  it("is a renaming where two names have one size, and says that names count", () => {
    const hint = meet("x: B 2, T 3, D 8", "e: B 2, T 3, E 8", "+");
    assert.match(hint, /the same only by name; to rename: `split\(e, E, \[D\]\)`/);
  });
  it("is a linear map or a product of each with each where the sizes differ", () => {
    const hint = meet("x: B 2, T 3, D 8", "y: B 2, T 3, N 9");
    assert.match(hint, /`project\(y, out: D\)`; `outer\(x, y\)` .*\[B, T, D, N\]$/);
    assert.match(meet("a: B 2, T 3", "b: D 8", "+"), /`spread\(a, \[B, T, D\]\)`/);
  });

  // What a hint says to write is tried: the mistake goes away.
  const tried: readonly (readonly [what: string, wrong: string, right: string])[] = [
    ["transpose", "h * transpose(h, [B, T, K, H])", "h * transpose(transpose(h, [B, T, K, H]), [B, T, H, K])"],
    ["split", "h * x", "h * split(x, D, [H, K])"],
    ["rename", "x2 * e", "x2 * split(e, E, [D])"],
    ["outer", "merge(x * w, [D, N], M)", "merge(outer(x, w), [D, N], M)"],
    ["project", "x + y", "x + project(y, out: D)"],
  ]; // biome-ignore format: a case a line
  for (const [what, wrong, right] of tried)
    it(`holds when it is followed: ${what}`, () => {
      const text = (value: string) => `block f(x: [B, T, D], w: [N], K: size) -> [B, T, D] {
  size H = D / K
  size E = D
  size M = D * N
  h = split(x, D, [H, K])
  x2 = 2 * x
  e = merge(h, [H, K], E)
  y = linear(x, out: N)
  z = ${value}
  x + 0 * sum(z, over: ${what === "outer" ? "M" : what === "split" || what === "transpose" ? "[H, K]" : "D"})
}`;
      const mistakes = (value: string) =>
        mistakesIn(text(value)).filter((line) => !line.includes("W0501"));
      assert.match(mistakes(wrong)[0] ?? "", /^9: E030[13]/);
      assert.deepEqual(mistakes(right), []);
    });
});
