import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "../dsl/parse.ts";
import { eyrie } from "./cli/eyrie.ts";
import { deviceOrSkip } from "./device.ts";

const path = new URL("../docs/tutorial.md", import.meta.url).pathname;
const text = readFileSync(path, "utf8");

/** What a reader does in one section: pieces of the model to write down, commands to run, output to compare. */
type Step = { readonly kind: string; readonly body: string };
type Section = { readonly title: string; readonly steps: readonly Step[] };

const sections: readonly Section[] = text
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    title: section.slice(0, section.indexOf("\n")),
    steps: [...section.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, kind = "", body = ""]) => ({
      kind,
      body,
    })),
  }));

/** The model file as the reader has it: a piece with a known name replaces the one that was there. */
const items = new Map<string, string>();
function writeDown(source: string): void {
  const { ast, diagnostics } = parse("docs/tutorial.md", source);
  assert.deepEqual(diagnostics, []);
  let from = 0;
  for (const item of ast.items) {
    const name = item.kind === "config" ? item.title.text : item.name.text;
    items.set(`${item.kind === "config"} ${name}`, source.slice(from, item.span.to).trim());
    from = item.span.to;
  }
  writeFileSync("my.eyrie", `${[...items.values()].join("\n\n")}\n`);
}

const prefix = "npm run eyrie -- ";
/** The words of a command line with plain and quoted words. */
const wordsOf = (line: string) =>
  [...line.slice(prefix.length).matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? "");

/** Whether `said` is what the page shows, where `…` stands for anything. */
function assertShows(said: string, shown: string): void {
  const pattern = shown
    .trim()
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s\\S]*");
  assert.match(said, new RegExp(pattern));
}

describe("docs/tutorial.md", function () {
  this.timeout(120_000);
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "eyrie-"));
  before(async function () {
    await deviceOrSkip(this);
    process.chdir(folder);
  });
  after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });
  for (const { title, steps } of sections)
    it(`works as told in "${title}"`, async () => {
      let said = "";
      for (const { kind, body } of steps) {
        if (kind === "eyrie") writeDown(body);
        else if (kind === "text") assertShows(said, body);
        else {
          assert.match(kind, /^sh( fails)?$/);
          for (const line of body.trim().split("\n")) {
            assert.ok(line.startsWith(prefix), line);
            const { code, out, err } = await eyrie(...wordsOf(line));
            said = out + err;
            assert.equal(code === 0, kind === "sh", `${line}\n${said}`);
          }
        }
      }
    });
  it("leaves a bundle with readable kernels and typed bindings", () => {
    assert.ok(existsSync("my-bundle/manifest.json"));
  });
  it("ends with a file that has every block and the model", () => {
    assert.deepEqual([...items.keys()].sort(), [
      "false feed_forward",
      "false layer",
      "false memory",
      "false mixer",
      "false my",
      "true small",
    ]);
  });
});
