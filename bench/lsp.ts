/** How long an editor waits: a real client types into the largest example and asks for everything; milliseconds a request. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "../test/lsp/client.ts";

const examples = fileURLToPath(new URL("../examples/", import.meta.url));

export type RequestTimes = {
  readonly request: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
};
export type EditorTimes = {
  readonly file: string;
  readonly lines: number;
  /** From the start of the process to its readiness. */
  readonly startMs: number;
  /** From opening the file, or the last keystroke, to its mistakes; the rest of 120 ms included. */
  readonly checkMs: readonly number[];
  readonly requests: readonly RequestTimes[];
};

function largestExample(): { readonly file: string; readonly text: string } {
  const files = readdirSync(examples, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".eyrie"),
  );
  const all = files.map((file) => ({ file, text: readFileSync(join(examples, file), "utf8") }));
  return all.reduce((a, b) => (b.text.length > a.text.length ? b : a));
}

const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** `turns` keystrokes, after each of which every kind of request is sent and awaited; the first are counted, too. */
export async function benchEditor(turns = 40): Promise<EditorTimes> {
  const { file, text } = largestExample();
  const starting = performance.now();
  const client = new Client();
  await client.initialize();
  const startMs = performance.now() - starting;
  const times = new Map<string, number[]>();
  const checkMs: number[] = [];
  const opening = performance.now();
  const uri = await client.open(text);
  const checked = async (since: number) => {
    await client.diagnostics(uri);
    checkMs.push(performance.now() - since);
  };
  await checked(opening);
  const names = [...text.matchAll(/\b[a-z_]\w*\b/g)].map(({ index, 0: name }) => ({ index, name }));
  for (let turn = 0; turn < turns; turn++) {
    const { index, name } = names[Math.floor((turn * names.length) / turns)]!;
    for (const [request, params] of requestsAt(client, uri, index + name.length)) {
      // A keystroke before each request: its answer is about a text that nobody has looked at yet.
      const document = client.document(uri);
      const isTyped = document.getText().endsWith("\n//");
      await client.changeAt(
        uri,
        document.getText().length - (isTyped ? 3 : 0),
        isTyped ? 3 : 0,
        isTyped ? "" : "\n//",
      );
      const since = performance.now();
      await client.connection.sendRequest(`textDocument/${request}`, params).catch(isRefusal);
      times.set(request, [...(times.get(request) ?? []), performance.now() - since]);
    }
    if (turn % 10 === 9) await checked(performance.now());
  }
  await client.stop();
  return {
    file,
    lines: text.split("\n").length,
    startMs,
    checkMs,
    requests: [...times].map(([request, all]) => {
      const sorted = all.toSorted((a, b) => a - b);
      const [p50, p95, max] = [percentile(sorted, 0.5), percentile(sorted, 0.95), sorted.at(-1)!];
      return { request, count: all.length, p50, p95, max };
    }),
  };
}

/** Not every name can be renamed; a refusal is an answer. */
function isRefusal(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === -32803)) throw error;
}

/** Every kind of request about one place. */
function requestsAt(
  client: Client,
  uri: string,
  offset: number,
): readonly (readonly [string, object])[] {
  const textDocument = { uri };
  const position = client.document(uri).positionAt(offset);
  const whole = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
  const place = { textDocument, position };
  return [
    ["hover", place],
    ["completion", place],
    ["signatureHelp", place],
    ["definition", place],
    ["references", { ...place, context: { includeDeclaration: true } }],
    ["documentHighlight", place],
    ["prepareRename", place],
    ["rename", { ...place, newName: "zzz_fresh" }],
    ["documentSymbol", { textDocument }],
    ["semanticTokens/full", { textDocument }],
    ["inlayHint", { textDocument, range: whole }],
    ["codeAction", { textDocument, range: whole, context: { diagnostics: [] } }],
    ["formatting", { textDocument, options: { tabSize: 2, insertSpaces: true } }],
  ];
}

/** The times as a table. */
export function editorTable({ file, lines, startMs, checkMs, requests }: EditorTimes): string {
  const ms = (n: number) => n.toFixed(1);
  return [
    `Language server, ${file} (${lines} lines), a keystroke before every request: ready in ${startMs.toFixed(0)} ms; mistakes told ${checkMs.map((n) => n.toFixed(0)).join(", ")} ms after opening and after keystrokes, of which 120 ms are waiting for a rest.`,
    "",
    "| request | answers | p50 ms | p95 ms | max ms |",
    "|---|---|---|---|---|",
    ...requests.map(
      (r) => `| ${r.request} | ${r.count} | ${ms(r.p50)} | ${ms(r.p95)} | ${ms(r.max)} |`,
    ),
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${editorTable(await benchEditor())}\n`);
  process.exit();
}
