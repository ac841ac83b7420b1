/** Text to tokens and back for models over bytes; other models take and give token numbers. */
import { readFile } from "node:fs/promises";
import { UserError } from "../graph/bug.ts";

export type TextFlags = { readonly prompt?: string; readonly promptFile?: string; readonly tokens?: string };

const byteVocabulary = 256;

/** The prompt's tokens. A model over 256 tokens reads UTF-8 bytes; any other needs --tokens. */
export async function promptTokens(flags: TextFlags, vocabulary: number): Promise<number[]> {
  if (flags.tokens !== undefined) return tokensOf(flags.tokens);
  const text = flags.promptFile === undefined ? flags.prompt : await readText(flags.promptFile);
  if (text === undefined || text === "") throw new UserError("there is nothing to go on from; give --prompt, --prompt-file or --tokens");
  if (vocabulary !== byteVocabulary)
    throw new UserError(`this model has ${vocabulary} tokens and no tokenizer; give token numbers with --tokens 2,651,9456`);
  return [...new TextEncoder().encode(text)];
}

async function readText(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) throw new UserError(`${path} cannot be read; check the path`);
  return text;
}

function tokensOf(text: string): number[] {
  const tokens = text.split(/[\s,]+/).filter(Boolean).map(Number);
  if (tokens.length === 0 || tokens.some((t) => !Number.isInteger(t) || t < 0))
    throw new UserError(`"${text}" is not a list of token numbers; write them as in 2,651,9456`);
  return tokens;
}

/** Turns tokens into text as they come: whole UTF-8 characters, or numbers. */
export function textWriter(vocabulary: number): (token: number) => string {
  if (vocabulary !== byteVocabulary) return (token) => `${token} `;
  const decoder = new TextDecoder();
  return (token) => decoder.decode(Uint8Array.of(token), { stream: true });
}
