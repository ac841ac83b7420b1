import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Hover } from "vscode-languageserver-protocol/node";
import { standardFiles } from "../../dsl/standard.ts";
import manifest from "../../editors/vscode/package.json" with { type: "json" };
import { explainedCodes } from "../../src/explanations.ts";
import { Client } from "./client.ts";
import { sample } from "./editor.ts";

describe("the package for Visual Studio Code", () => {
  const folder = mkdtempSync(join(tmpdir(), "eyrie-vsix-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let files: readonly string[] = [];
  before(() => {
    const script = new URL("../../editors/vscode/pack.ts", import.meta.url).pathname;
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx/esm", script], {
      encoding: "utf8",
    });
    const path = stdout.trim();
    assert.match(path, /eyrie-\d+\.\d+\.\d+\.vsix$/, stderr);
    // As an installer unpacks it, away from everything else.
    const packed = unzipSync(readFileSync(path));
    files = Object.keys(packed);
    for (const [name, content] of Object.entries(packed)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  });
  const inside = (path: string) => join(folder, "extension", path);

  it("holds what an installer reads", () => {
    for (const name of ["extension.vsixmanifest", "[Content_Types].xml", "extension/package.json"])
      assert.ok(files.includes(name), name);
    const text = readFileSync(join(folder, "extension.vsixmanifest"), "utf8");
    assert.match(text, new RegExp(`Id="${manifest.name}" Version="${manifest.version}"`));
    const types = readFileSync(join(folder, "[Content_Types].xml"), "utf8");
    for (const name of files.filter((f) => f !== "[Content_Types].xml"))
      assert.ok(types.includes(`Extension="${name.split(".").at(-1)}"`), name);
  });
  it("holds every file that its manifest names", () => {
    const { main, contributes } = manifest;
    for (const path of [
      main,
      ...contributes.languages.map((language) => language.configuration),
      ...contributes.grammars.map((of) => of.path),
    ])
      assert.ok(existsSync(inside(path)), path);
  });
  it("holds the standard library and what its server explains", () => {
    for (const code of explainedCodes())
      assert.ok(existsSync(inside(`dist/explain/${code}/why.md`)), code);
    for (const name of standardFiles) assert.ok(existsSync(inside(`dist/std/${name}`)), name);
  });
  it("carries a server that needs nothing else", async () => {
    const client = new Client([inside("dist/server.mjs"), "--stdio"], folder);
    await client.initialize();
    const uri = await client.open(sample.replace("mean(x, over", "meen(x, over"));
    const { diagnostics } = await client.diagnostics(uri);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["E0202"],
    );
    const { contents } = await client.ask<Hover>("textDocument/hover", uri, "line|ar(x, out: D)");
    assert.match((contents as { value: string }).value, /block linear/);
    const [place] = await client.ask<{ uri: string }[]>(
      "textDocument/definition",
      uri,
      "line|ar(x, out: D)",
    );
    assert.ok(place?.uri.endsWith("/extension/dist/std/linear.eyrie"), place?.uri);
    assert.equal(await client.stop(), 0);
  });
  it("starts that server, or the one that is configured, and stops it", () => {
    const stub = new URL("vscode-stub.cjs", import.meta.url);
    mkdirSync(join(folder, "node_modules/vscode"), { recursive: true });
    writeFileSync(join(folder, "node_modules/vscode/index.js"), readFileSync(stub));
    const script = `
      const vscode = require("vscode");
      const { activate, deactivate } = require("./extension/dist/extension.cjs");
      const context = { subscriptions: [], asAbsolutePath: (path) => require("path").resolve("extension", path) };
      activate(context).then(deactivate).then(() => console.log("ran", vscode.registered.join()));`;
    writeFileSync(join(folder, "run.cjs"), script);
    const run = (command: readonly string[]) =>
      spawnSync(process.execPath, ["run.cjs"], {
        cwd: folder,
        encoding: "utf8",
        timeout: 30_000,
        env: {
          ...process.env,
          EYRIE_TEST_SETTINGS: JSON.stringify({ "eyrie.server.command": command }),
        },
      });
    for (const command of [[], [process.execPath, inside("dist/server.mjs")]]) {
      const { stdout, stderr, status } = run(command);
      assert.equal(stdout, "ran eyrie.restart\n", stderr);
      assert.equal(status, 0, stderr);
    }
    const { stdout } = run([inside("no-such-program")]);
    assert.equal(stdout, "", "a server that is not there does not start");
  });
  it("explains itself in a grammar that colours files", () => {
    const grammar = readFileSync(inside("syntaxes/eyrie.tmLanguage.json"), "utf8");
    assert.equal(JSON.parse(grammar).scopeName, manifest.contributes.grammars[0]?.scopeName);
  });
});
