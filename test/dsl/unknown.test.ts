import assert from "node:assert/strict";
import { Library } from "../../dsl/elaborate/library.ts";
import { primitiveNames } from "../../dsl/elaborate/primitives/all.ts";
import { foreignField, foreignName, foreignSetting } from "../../dsl/foreign.ts";
import { diagnose } from "../../dsl/messages.ts";
import { plainName, refusalOf, refusals } from "../../dsl/refusals.ts";
import { usages } from "../../dsl/usages.ts";
import { mistakesIn, readText, standard } from "./files.ts";

const span = { file: "f", from: 0, to: 1 };
const callables = new Set([...primitiveNames, ...new Library(standard).callableNames()]);
/** Names in hints that stand for the reader's own. */
const examples = new Set(["name", "pair", "some_block", "normal", "uniform", "block"]);
/** Every name that a text calls in its quoted code. */
const called = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code]) =>
    [...code!.matchAll(/([A-Za-z_]\w*)\(/g)].map(([, name]) => name!),
  );

describe("an unknown name", () => {
  it("of another library gets the language's own word for it, however it is spelled", () => {
    for (const name of ["LayerNorm", "layernorm", "LAYER_NORM"])
      assert.match(diagnose("E0202", span, { name, near: [] }).hint, /^write `layer_norm\(x\)`/);
    assert.match(diagnose("E0202", span, { name: "where", near: [] }).hint, /if condition then/);
    assert.match(diagnose("E0201", span, { name: "None", near: [] }).hint, /every value is there/);
  });
  it("offers near names beside the word only where they are as long", () => {
    const hint = (near: readonly string[]) =>
      diagnose("E0202", span, { name: "pos", near: [...near] }).hint;
    assert.match(hint(["post"]), /^write `position`.*; or did you mean `post`\?$/);
    assert.doesNotMatch(hint(["position_of_token"]), /did you mean/);
  });
  it("that asks for what the language cannot say is refused with the reason and a way out", () => {
    for (const refusal of refusals)
      for (const name of refusal.names) {
        const { message, notes, hint } = diagnose("E0202", span, { name, near: [] });
        assert.equal(
          message,
          `there is no block or function \`${name}\`: the language cannot say ${refusal.what}`,
        );
        assert.deepEqual(notes, [refusal.why]);
        assert.equal(hint, refusal.instead);
      }
  });
  it("of a setting gets the same, and near settings come first", () => {
    const said = (name: string, near: readonly string[] = []) =>
      diagnose("E0401", span, { name, near: [...near], owner: "attend" });
    assert.match(said("causal").message, /cannot say attention that sees later tokens$/);
    assert.equal(said("num_heads").hint, "write `heads: n`");
    assert.equal(said("mask", ["cap"]).hint, "did you mean `cap`?");
    assert.match(
      mistakesIn("block f(x: [B, T, D]) -> [B, T, D] { linear(x, out: D, biased: true) }")[0]!,
      /E0401/,
    );
  });
  it("of a tensor's field says where its dimensions and functions are", () => {
    assert.match(foreignField("T")!, /transpose/);
    assert.match(foreignField("shape")!, /a dimension's name is its size/);
    assert.match(foreignField("cumsum")!, /scan/);
    assert.equal(foreignField("kept"), null);
  });
  it("of nothing that is known has no word", () => {
    for (const name of ["gaet", "my_block", "x"]) {
      assert.equal(foreignName(name), null);
      assert.equal(foreignSetting(name), null);
      assert.equal(refusalOf(name), null);
    }
  });
});

describe("the tables of names", () => {
  const sources = ["dsl/foreign.ts", "dsl/refusals.ts", "dsl/slips.ts", "dsl/usages.ts"];
  for (const path of sources)
    it(`of ${path} call nothing that is not there`, () => {
      const lines = readText(path).split("\n");
      const isPattern = (line: string) => /pattern:.*\/[^"]*$|RegExp/.test(line);
      const isComment = (line: string) => /^\s*(\/\/|\/?\*)/.test(line);
      const hints = lines.filter((line) => !isPattern(line) && !isComment(line));
      const unknown = hints.flatMap(called).filter((n) => !callables.has(n) && !examples.has(n));
      assert.deepEqual(unknown, []);
    });
  it("refuse no name that the language has, and have each name once", () => {
    const names = refusals.flatMap((refusal) => refusal.names.map(plainName));
    assert.deepEqual(
      [...names].filter((name, i) => names.indexOf(name) !== i),
      [],
    );
    assert.deepEqual(
      [...callables].filter((name) => refusalOf(name) !== null),
      [],
    );
  });
  it("show how every primitive is written, as it may be written", () => {
    assert.deepEqual(
      primitiveNames.filter((name) => !(name in usages)),
      [],
    );
    const wrong = Object.entries(usages).filter(([name, usage]) => !usage.startsWith(`${name}(`));
    assert.deepEqual(wrong, []);
    const text = "block f(x: [B, T, D]) -> [B, T, D] { gather(x) }";
    assert.match(mistakesIn(text)[0]!, /E0405 .*`gather` takes 2 values by place but gets 1/);
  });
});
