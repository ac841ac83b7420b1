/** The command line for tests: in this process, where a start would cost a second, or as people start it. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../src/cli/main.ts";

export type Said = { readonly code: number; readonly out: string; readonly err: string };

const root = new URL("../..", import.meta.url).pathname;

/** Runs a command line in this process and catches what it says. */
export async function eyrie(...words: readonly string[]): Promise<Said> {
  const said = { out: "", err: "" };
  const { stdout, stderr } = process;
  const [writeOut, writeErr] = [stdout.write, stderr.write];
  const keep = (stream: keyof typeof said) => (text: string) => {
    said[stream] += text;
    return true;
  };
  stdout.write = keep("out") as typeof stdout.write;
  stderr.write = keep("err") as typeof stderr.write;
  try {
    return { code: await main(words), ...said };
  } finally {
    stdout.write = writeOut;
    stderr.write = writeErr;
  }
}

/** Starts the command line as people do, or the compiled one. */
export function startEyrie(
  words: readonly string[],
  program: readonly string[] = ["--import", "tsx/esm", "src/cli.ts"],
): Promise<Said> {
  return new Promise((done) =>
    execFile(process.execPath, [...program, ...words], { cwd: root }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    ),
  );
}

/** A folder that goes away after the tests of the suite that calls it. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "eyrie-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

/** A small model with both kinds of layers; its vocabulary is no multiple of anything. */
export const smallModel = `/// Tiny.
model small(
  vocab: size = 11, width: size = 6, depth: size = 2, heads: size = 2, scaled: flag = false, gain: number = 1,
  pattern: pattern = [recurrent, attention],
) {
  param embedding: [vocab, width] = normal(1 / width)
  recurrent = residual(mix: recurrent_block(rnn: 8, gate_blocks: 2, depth: depth), hidden: 10, depth: depth)
  attention = residual(mix: attention_block(heads: heads, head_dim: 4, window: 3, depth: depth), hidden: 10, depth: depth)
  x = gather(embedding, tokens) * (if scaled then 2 else gain)
  z = rms_norm(stack(x, depth, pattern) as layers) as final_norm
  contract(z, embedding, over: width)
}
config small "wide" { width = 8 }
`;
