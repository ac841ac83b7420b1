import assert from "node:assert/strict";
import { parse } from "../../dsl/parse.ts";
import { placesOf } from "../../src/limits/places.ts";
import { standard } from "../dsl/files.ts";
import { modelWith } from "./text.ts";

describe("placesOf", () => {
  const text = modelWith(
    "  u = linear(x, out: D) as map\n  w = conv(u) as short\n  scan(0.5, w * 2) as kept",
    2,
  );
  const { ast } = parse("user.eyrie", text);
  const places = placesOf([...standard, ast], "m", { batch: 1, tokens: 4, chunk: 4, context: 8 });
  const at = (path: string) => {
    const place = places.of(path);
    return place && { text: text.slice(place.span.from, place.span.to), dims: place.dims };
  };

  it("finds parameters, named values and instances of every layer with their dimensions", () => {
    assert.deepEqual(at("embedding"), { text: "embedding", dims: ["vocab", "width"] });
    assert.deepEqual(at("x"), { text: "x", dims: ["B", "T", "width"] });
    assert.deepEqual(at("layers.1.u"), { text: "u", dims: ["B", "T", "D"] });
    assert.deepEqual(at("layers.0.map"), {
      text: "linear(x, out: D) as map",
      dims: ["B", "T", "D"],
    });
    assert.equal(at("layers.1.kept")?.text, "scan(0.5, w * 2) as kept");
  });
  it("shows what the standard library makes at the user's own call, and says where that is", () => {
    assert.equal(at("layers.1.map.w")?.text, "linear(x, out: D) as map");
    assert.deepEqual(at("layers.1.map.w")?.dims, ["I", "out"]);
    assert.equal(places.of("layers.1.map.w")?.related[0]?.span.file, "std:linear.eyrie");
  });
  it("finds states at the call that carries them", () => {
    assert.equal(at("layers.0.short.past")?.text, "conv(u) as short");
    assert.equal(at("seen"), null);
  });
  it("knows the model's name", () => {
    assert.equal(text.slice(places.owner.from, places.owner.to), "m");
  });
});
