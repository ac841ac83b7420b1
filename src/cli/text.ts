/** Text to tokens and back for models over bytes; other models take and give token numbers. */
import { readFile } from "node:fs/promises";
import type { Session } from "../../targets/executor.ts";
import { signatureOf } from "../../targets/signature.ts";
import { UserError } from "../graph/bug.ts";

export type TextFlags = {
  readonly prompt?: string;
  readonly promptFile?: string;
  readonly tokens?: readonly number[];
};
/** What was given to go on from, before the model's vocabulary is known. */
export type Given = readonly number[] | Uint8Array;

const byteVocabulary = 256;

/** Reads what the flags give; null where they give nothing. Two of them at once are a mistake. */
export async function readGiven({ prompt, promptFile, tokens }: TextFlags): Promise<Given | null> {
  if ([prompt, promptFile, tokens].filter((given) => given !== undefined).length > 1)
    throw new UserError("give one of a text, a file with it and --tokens, not several");
  if (tokens !== undefined) return tokens;
  if (prompt === undefined && promptFile === undefined) return null;
  const bytes =
    promptFile === undefined ? new TextEncoder().encode(prompt) : await readBytes(promptFile);
  return bytes.length === 0 ? null : bytes;
}

/** Throws where there is nothing; `instead` says what to give. */
export function requireGiven(given: Given | null, instead: string): Given {
  if (given !== null) return given;
  throw new UserError(`there are no tokens to feed; give ${instead}`);
}

/** Throws where a model cannot be given a text alone, or gives no logits; `command` is what was asked of it. */
export function requireTextModel(
  { name, session }: { readonly name: string; readonly session: Session },
  command: string,
): void {
  const { tokens, inputs, outputs, vocabulary } = signatureOf(session.entries);
  const listed = (specs: readonly { readonly name: string }[]) =>
    specs.map((spec) => spec.name).join(", ");
  const lack =
    inputs.length > 0
      ? `reads ${tokens ? "more than tokens" : "no tokens"} (${listed(inputs)})`
      : tokens === null
        ? "reads no tokens"
        : vocabulary === 0
          ? `gives no logits (but ${listed(outputs)})`
          : null;
  if (lack !== null)
    throw new UserError(
      `${name} ${lack}, so ${command} cannot take it; give it tensors from a file with eyrie eval, or in a program with Stream`,
    );
}

/** The tokens of what was given. A model over 256 tokens reads bytes; any other needs token numbers. */
export function tokensOf(given: Given, vocabulary: number): readonly number[] {
  if (given instanceof Uint8Array && vocabulary !== byteVocabulary)
    throw new UserError(
      `this model has ${vocabulary} tokens and no tokenizer; give token numbers with --tokens 2,651,9456`,
    );
  const tokens = [...given];
  requireTokens(tokens, vocabulary);
  return tokens;
}

/** Every token is in the vocabulary. */
export function requireTokens(tokens: readonly number[], vocabulary: number): void {
  const stray = tokens.find((token) => token >= vocabulary);
  if (stray !== undefined)
    throw new UserError(
      `token ${stray} is outside this model's vocabulary; its tokens are 0 to ${vocabulary - 1}`,
    );
}

async function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code}); check the path`);
  });
}

/** Turns tokens into text as they come: whole UTF-8 characters, or numbers. */
export function textWriter(vocabulary: number): (token: number) => string {
  if (vocabulary !== byteVocabulary) return (token) => `${token} `;
  const decoder = new TextDecoder();
  return (token) => decoder.decode(Uint8Array.of(token), { stream: true });
}
