import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { version } from "../../src/version.ts";
import { eyrie, smallModel, temporaryFolder } from "./eyrie.ts";

const half = `model m(vocab: size = 8, width: size = 4) {
  param embedding: [vocab, width] = 1e6 * normal(1)
  contract(gather(embedding, tokens), embedding, over: width)
}
`;

describe("--format", () => {
  const at = temporaryFolder();
  before(() => {
    writeFileSync(at("small.eyrie"), smallModel);
    writeFileSync(at("bad.eyrie"), "block f(x: [B, T, D]) -> [B, T, D] { x * gaet }\n");
    writeFileSync(at("half.eyrie"), half);
  });
  const shown = async (...words: string[]) => {
    const { out, code, err } = await eyrie(...words);
    return { code, err, value: JSON.parse(out) };
  };

  it("text shows the mistake, json every place with line and column, sarif a log", async () => {
    const bad = at("bad.eyrie");
    const text = await eyrie("check", bad);
    assert.match(
      text.out,
      /^error\[E0201\]: nothing here is named `gaet`\n --> .*bad\.eyrie:1:42\n/,
    );
    assert.equal(text.code, 1);
    const json = await shown("check", bad, "--format", "json");
    assert.deepEqual(
      [json.code, json.value[0].code, json.value[0].line, json.value[0].column],
      [...[1, "E0201", 1, 42]],
    );
    const sarif = await shown("check", bad, "--format", "sarif");
    assert.equal(sarif.value.version, "2.1.0");
    assert.equal(sarif.value.runs[0].tool.driver.version, version);
    assert.equal(sarif.value.runs[0].results[0].ruleId, "E0201");
  });
  it("gives an empty list and a log without results where nothing is wrong", async () => {
    const fine = at("small.eyrie");
    assert.deepEqual((await shown("check", fine, "--format", "json")).value, []);
    assert.deepEqual((await shown("check", fine, "--format", "sarif")).value.runs[0].results, []);
  });
  it("holds for every command that compiles, and the exit code stays", async () => {
    for (const words of [
      ["compile", at("bad.eyrie"), "--item", "f"],
      ["inspect", at("small.eyrie"), "--set", "width=0"],
      ["init-weights", at("small.eyrie"), at("w.safetensors"), "--config", "wid"],
    ]) {
      const { code, value, err } = await shown(...words, "--format", "json");
      assert.deepEqual([code, err, value[0].severity], [1, "", "error"], words.join(" "));
    }
  });
  it("shows what compile warns of: beside its results as text, as the result in a format", async () => {
    const text = await eyrie("compile", at("half.eyrie"), "--precision", "f16");
    assert.match(text.err, /^warning\[W0505\]: `embedding` starts with values up to 3000000/);
    assert.equal(text.code, 0);
    assert.doesNotMatch((await eyrie("compile", at("half.eyrie"))).err, /W0505/);
    const json = await shown("compile", at("half.eyrie"), "--precision", "f16", "--format", "json");
    assert.equal(json.value[0].code, "W0505");
    const both = await eyrie("compile", at("half.eyrie"), "--json", "--format", "json");
    assert.equal(both.code, 2);
  });
  it("of another name is a wrong use", async () => {
    assert.equal((await eyrie("check", at("bad.eyrie"), "--format", "xml")).code, 2);
  });
});

describe("what the command line gave", () => {
  const at = temporaryFolder();
  before(() => writeFileSync(at("small.eyrie"), smallModel));
  it("is where its own mistakes are shown", async () => {
    const said = async (...words: string[]) =>
      (await eyrie("compile", at("small.eyrie"), ...words)).err;
    assert.match(
      await said("--set", "depth=2", "--set", "width=0"),
      /E0407.*\n --> --set:2:1\n {2}\|\n2 \| width=0\n {2}\| \^{7}\n ::: .*small\.eyrie:3:21\n[\s\S]*declared here/,
    );
    assert.match(await said("--set", "wdith=8"), / --> --set:1:1\n[\s\S]*this is `small`/);
    assert.match(await said("--config", "wid"), /E0215[^\n]*\n --> --config:1:1/);
    assert.match(await said("--item", "smal"), /no model or block `smal`\n --> --item:1:1/);
  });
});

describe("eyrie explain", () => {
  it("lists every code with its title, and tells of one, in any spelling", async () => {
    const list = (await eyrie("explain")).out.trimEnd().split("\n");
    assert.ok(list.includes("E0301  Shapes that do not fit together"));
    assert.deepEqual(list, list.toSorted());
    const { out } = await eyrie("explain", "e0301");
    assert.match(out, /^E0301: Shapes that do not fit together\n\n/);
    assert.match(out, /\$ eyrie check wrong\.eyrie\n\n {2}error\[E0301\]: /);
    assert.match(out, /Mended:\n/);
  });
  it("says how the mistake shows and is mended where the command line makes it", async () => {
    const { out } = await eyrie("explain", "E0614");
    assert.match(out, /\$ eyrie check wrong\.eyrie --precision f16 --device swiftshader\n/);
    assert.match(
      out,
      /Mended:\n\n\$ eyrie check wrong\.eyrie --precision bf16 --device swiftshader\n$/,
    );
  });
  it("offers near codes for one that is not there", async () => {
    const { code, err } = await eyrie("explain", "E0399");
    assert.equal(code, 1);
    assert.match(err, /there is no code E0399; near ones are E03\d\d/);
  });
});
