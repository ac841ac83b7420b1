import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigRule } from "../../dsl/model.ts";
import type { BinaryOperator, Expr } from "../../dsl/syntax.ts";
import { type Config, readConfig, settingsOf } from "../../src/weights/config.ts";

const span = { file: "t", from: 0, to: 0 };
const name = (text: string): Expr => ({ kind: "name", name: text, span });
const number = (value: number): Expr => ({ kind: "number", value, span });
const binary = (left: Expr, operator: BinaryOperator, right: Expr): Expr => ({
  kind: "binary",
  operator,
  left,
  right,
  span,
});
const call = (fn: string, ...args: Expr[]): Expr => ({
  kind: "call",
  callee: { text: fn, span },
  args,
  named: [],
  label: null,
  span,
});
const rule = (setting: string, expression: Expr): ConfigRule => ({ setting, expression });

const settings = (config: Config, ...rules: ConfigRule[]) =>
  settingsOf(
    config,
    [{ config: rules }],
    rules.map(({ setting }) => setting),
  );

describe("config.json", () => {
  it("gives settings through the rules that its keys allow", async () => {
    const config = await readConfig("examples/models/kjv-bytes/config.json");
    const rules = [
      rule("vocab", name("vocab_size")),
      rule("hidden", binary(name("intermediate_size"), "/", number(2))),
      rule("pattern", name("block_types")),
      rule("tied", name("tie_word_embeddings")),
      rule("missing", binary(name("vocab_size"), "+", name("no_such_key"))),
      rule("undeclared", name("hidden_size")),
    ];
    const declared = ["vocab", "hidden", "pattern", "tied", "missing"];
    assert.deepEqual(settingsOf(config, [{ config: rules }], declared), {
      vocab: 256,
      hidden: 768,
      pattern: ["recurrent", "recurrent", "attention"],
      tied: true,
    });
  });

  it("skips rules over null, and lets the first rule that applies win", () => {
    const given = settings(
      { a: null, b: 3, c: 4 },
      rule("x", name("a")),
      rule("x", name("b")),
      rule("x", name("c")),
    );
    assert.deepEqual(given, { x: 3 });
  });

  it("computes with conditions, words and functions", () => {
    const same = binary(name("kind"), "==", name("kind"));
    const choice: Expr = {
      kind: "if",
      when: { kind: "not", of: same, span },
      then: number(1),
      otherwise: call("sqrt", number(9)),
      span,
    };
    const list: Expr = { kind: "list", items: [name("kind"), name("kind")], span };
    const flag = binary(
      binary(number(1), "<", number(2)),
      "and",
      binary(number(1), "!=", number(1)),
    );
    const given = settings(
      { kind: "gelu" },
      rule("n", choice),
      rule("l", list),
      rule("f", flag),
      rule("m", { kind: "negate", of: number(2), span }),
    );
    assert.deepEqual(given, { n: 3, l: ["gelu", "gelu"], f: false, m: -2 });
  });

  it("says in one sentence which key has the wrong type", async () => {
    assert.throws(
      () => settings({ a: "x" }, rule("n", binary(name("a"), "*", number(2)))),
      /gives "x" to the rule for n, which needs a number/,
    );
    assert.throws(
      () => settings({ a: "x" }, rule("n", name("a"))),
      /gives the setting n the word "x"/,
    );
    assert.throws(
      () => settings({ a: {} }, rule("n", name("a"))),
      /key "a" of config.json, needed for n, must be/,
    );
    assert.throws(
      () => settings({ a: 0 }, rule("n", binary(number(1), "/", name("a")))),
      /no finite number/,
    );
    assert.throws(
      () => settings({}, rule("n", call("cbrt", number(1)))),
      /calls cbrt; it may use sqrt/,
    );
    const folder = await mkdtemp(join(tmpdir(), "eyrie-"));
    const path = join(folder, "config.json");
    const read = async (text: string) => {
      await writeFile(path, text);
      return readConfig(path);
    };
    await assert.rejects(
      read('{"hidden_size": "big"}'),
      /config.json: "hidden_size" must be integer/,
    );
    await assert.rejects(read('{"block_types": [1]}'), /"block_types\/0" must be string/);
    await assert.rejects(read("[]"), /the top level must be object/);
    await assert.rejects(read("{"), /config.json is not JSON/);
    await assert.rejects(readConfig(join(folder, "none.json")), /cannot be read \(ENOENT\)/);
    await rm(folder, { recursive: true });
  });
});
