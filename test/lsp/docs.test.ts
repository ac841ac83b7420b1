import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { anchor, buildDocs, pageRenderer } from "../../docs/build.ts";

const docs = new URL("../../docs/", import.meta.url);
const pages = readdirSync(docs).filter((name) => name.endsWith(".md"));

describe("the pages", () => {
  const folder = mkdtempSync(join(tmpdir(), "eyrie-docs-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let names: readonly string[] = [];
  before(async () => {
    names = await buildDocs(docs, pathToFileURL(`${folder}/`));
  });
  const html = (page: string) => readFileSync(join(folder, page.replace(/md$/, "html")), "utf8");

  it("are all made", () => {
    assert.deepEqual(names, pages.map((page) => page.replace(/md$/, "html")).sort());
  });
  it("show each example in the language's colours", () => {
    for (const page of pages) {
      const examples = readFileSync(new URL(page, docs), "utf8").match(/^```eyrie\b/gm) ?? [];
      const shown = [...html(page).matchAll(/<pre [^>]*data-language="eyrie".*?<\/pre>/gs)];
      assert.equal(shown.length, examples.length, page);
      for (const [block] of shown)
        assert.ok(new Set(block.match(/<span style="[^"]*"/g)).size > 2, block);
    }
  });
  it("colour words, names and comments differently", async () => {
    const render = await pageRenderer();
    const page = render("```eyrie\nblock f(x: [B, T, D]) -> [B, T, D] { x } // same\n```\n");
    const colourOf = (word: string) => new RegExp(`style="([^"]*)">\\s*${word}`).exec(page)?.[1];
    const colours = ["block", "f", "// same"].map(colourOf);
    assert.ok(
      colours.every((colour) => colour !== undefined),
      page,
    );
    assert.equal(new Set(colours).size, 3, page);
  });
  it("keep the text of examples", async () => {
    const render = await pageRenderer();
    const text = 'a = b < c and "d" // e & f';
    const shown = render(`\`\`\`eyrie\n${text}\n\`\`\`\n`)
      .replace(/<[^>]+>/g, "")
      .replace(/&#x3C;|&lt;/g, "<")
      .replace(/&quot;|&#x22;/g, '"')
      .replace(/&amp;|&#x26;/g, "&");
    assert.equal(shown.trim(), text);
  });
  it("link to headings that exist", () => {
    for (const page of pages) {
      const ids = new Set([...html(page).matchAll(/ id="([^"]*)"/g)].map(([, id]) => id));
      for (const [, id] of html(page).matchAll(/href="#([^"]*)"/g))
        assert.ok(ids.has(id), `${page} links to #${id}`);
      for (const [, target, id] of html(page).matchAll(/href="([\w-]+)\.html(?:#([\w-]+))?"/g)) {
        assert.ok(names.includes(`${target}.html`), `${page} links to ${target}`);
        if (id) assert.match(html(`${target}.md`), new RegExp(` id="${id}"`), `${page}: #${id}`);
      }
    }
  });
  it("spell anchors as links do", () => {
    assert.equal(anchor("Calls, names and paths"), "calls-names-and-paths");
  });
});
