import assert from "node:assert/strict";
import type { Observer } from "../../../dsl/elaborate/observe.ts";
import { valueText } from "../../../dsl/elaborate/values.ts";
import { elaborateText, modelOf } from "../files.ts";

const text = `constant half = 2
function twice(x) { x * 2 }
block layer(x: [B, T, D], out: size = half) -> { y: [B, T, out] } {
  param w: [D, out] = ones
  { y: contract(twice(x), w, over: D) }
}
model m(width: size = 4) {
  param e: [9, width] = ones
  x = gather(e, tokens)
  r = layer(x) as first
  layer(x * 2) as second
}`;

/** What is told of each place in the text, and of each call. */
function watched(source: string) {
  const values = new Map<string, string[]>();
  const calls: string[] = [];
  const observe: Observer = {
    value: ({ file, from, to }, value, { owner }) => {
      if (file !== "user.eyrie") return;
      const place = `${owner}: ${source.slice(from, to)}`;
      values.set(place, [...(values.get(place) ?? []), valueText(value)]);
    },
    call: ({ item, path, span, from, to, parameters }) =>
      calls.push(
        `${item.name.text} ${path} at ${source.slice(span.from, span.to)}: ${parameters} ${to - from > 0}`,
      ),
  };
  return { values, calls, observe };
}

describe("an observer", () => {
  it("is told the values of expressions, statements, parameters and dimensions", () => {
    const { values, observe } = watched(text);
    elaborateText(text, "m", { observe });
    const said = (place: string) => [...new Set(values.get(place))].join(" or ");
    const expected = {
      "m: x": "a tensor [B, T, width]",
      "m: width": "the number 4",
      "m: r": "the record { y }",
      "m: layer(x) as first": "the record { y }",
      "layer: D": "the number 4",
      "layer: x": "a tensor [B, T, D]",
      "layer: w": "a tensor [D, out]",
      "layer: y": "a tensor [B, T, out]",
      "layer: out": "the number 2",
      "twice: x": "a tensor [B, T, D]",
      "twice: x * 2": "a tensor [B, T, D]",
      "half: half": "the number 2",
      "layer: half": "the number 2",
    };
    for (const [place, value] of Object.entries(expected)) assert.equal(said(place), value, place);
  });

  it("is told every block applied, with its path, its parameters and the nodes that it made", () => {
    const { calls, observe } = watched(text);
    elaborateText(text, "m", { observe });
    assert.deepEqual(calls, [
      "layer first at layer(x) as first: first.w true",
      "layer second at layer(x * 2) as second: second.w true",
    ]);
  });

  it("is told nodes of a call by ids that no other call has", () => {
    const ranges: [number, number][] = [];
    const observe: Observer = {
      value: () => undefined,
      call: ({ from, to }) => ranges.push([from, to]),
    };
    const whole = `${text.replace("layer(x * 2) as second", "layer(x * 2) as second2")}`;
    elaborateText(whole, "m", { observe });
    const [first, second] = ranges;
    assert.ok(first && second && first[0] < first[1] && first[1] <= second[0]);
  });

  it("changes nothing", () => {
    const plain = "block f(x: [B, T, D]) -> [B, T, D] { linear(x, out: D) }";
    const { observe } = watched(plain);
    const options = { inputs: { x: [2, 3, 4] } };
    const [seen, unseen] = [
      modelOf(plain, "f", { ...options, observe }),
      modelOf(plain, "f", options),
    ];
    assert.deepEqual(seen, unseen);
  });
});
