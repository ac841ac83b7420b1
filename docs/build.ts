/** `npm run docs`: the pages in this folder as HTML in dist-docs/, with the language's own colours. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import MarkdownIt from "markdown-it";
import { createHighlighter } from "shiki";
import { grammar } from "../editors/vscode/grammar.ts";

const themes = { light: "github-light", dark: "github-dark" } as const;
const known = ["bash", "text", "json", "ts"] as const;

/** Turns one page's Markdown into HTML without a head. */
export async function pageRenderer(): Promise<(markdown: string) => string> {
  const eyrie = { ...structuredClone(grammar), name: "eyrie", repository: {} };
  const highlighter = await createHighlighter({
    themes: Object.values(themes),
    langs: [...known.filter((lang) => lang !== "text"), eyrie as never],
  });
  const markdown = new MarkdownIt({
    html: false,
    linkify: false,
    highlight: (code, lang) => {
      const loaded = highlighter.getLoadedLanguages().includes(lang);
      return highlighter.codeToHtml(code.trimEnd(), {
        lang: loaded ? lang : "text",
        themes,
        transformers: [
          {
            pre(node) {
              node.properties["data-language"] = lang;
            },
          },
        ],
      });
    },
  });
  markdown.renderer.rules.heading_open = (tokens, i, options, _, self) => {
    tokens[i]?.attrSet("id", anchor(tokens[i + 1]?.content ?? ""));
    return self.renderToken(tokens, i, options);
  };
  return (text) => pageLinks(markdown.render(text));
}

/** As the pages' own links spell headings. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, "")
    .trim()
    .replace(/\s+/g, "-");

/** Links from page to page stay inside the folder of pages. */
const pageLinks = (html: string): string =>
  html.replace(/href="(?!\w+:)([\w./-]+)\.md(#[\w-]*)?"/g, 'href="$1.html$2"');

const style = `
:root { color-scheme: light dark; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 system-ui, sans-serif; }
pre { padding: .8rem 1rem; overflow-x: auto; border-radius: .4rem; font-size: .875rem; }
code { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; } td, th { border: 1px solid #8884; padding: .3rem .6rem; vertical-align: top; }
@media (prefers-color-scheme: dark) {
  .shiki, .shiki span { color: var(--shiki-dark) !important; background-color: var(--shiki-dark-bg) !important; }
}`;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

export function wholePage(title: string, body: string): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style>`;
  return `<!doctype html>\n<html lang="en"><head>${head}</head>\n<body>\n${body}</body></html>\n`;
}

/** Writes every page; gives the names of the files. */
export async function buildDocs(from: URL, to: URL): Promise<readonly string[]> {
  const render = await pageRenderer();
  const pages = readdirSync(from)
    .filter((name) => name.endsWith(".md"))
    .sort();
  mkdirSync(to, { recursive: true });
  return pages.map((page) => {
    const text = readFileSync(new URL(page, from), "utf8");
    const title = /^# (.*)$/m.exec(text)?.[1] ?? page;
    const name = page.replace(/\.md$/, ".html");
    writeFileSync(new URL(name, to), wholePage(title, render(text)));
    return name;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const to = new URL("../dist-docs/", import.meta.url);
  const names = await buildDocs(new URL("./", import.meta.url), to);
  process.stdout.write(`${names.map((name) => fileURLToPath(new URL(name, to))).join("\n")}\n`);
}
