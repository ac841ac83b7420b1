/** How commands talk: results on stdout, progress on stderr, one exit code for each kind of failure. */
import cliProgress from "cli-progress";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import type { Sources } from "../../dsl/places.ts";
import { DiagnosticsError } from "../execute/open-model.ts";
import { CompilerBug, UserError } from "../graph/bug.ts";
import { type Format, formatDiagnostics } from "./formats.ts";

export const exitCodes = { done: 0, failed: 1, usage: 2, bug: 70 } as const;

export const write = (text: string): void => void process.stdout.write(text);
export const say = (text: string): void => void process.stderr.write(`${text}\n`);
export const print = (text: string): void => write(`${text}\n`);
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

export const colour = (stream: { readonly isTTY?: boolean } = process.stderr): boolean =>
  stream.isTTY === true && process.env.NO_COLOR === undefined;

/** Warnings and notes: as text beside the results, in another format as the result. */
export function tellDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  format: Format = "text",
): void {
  if (format !== "text") print(formatDiagnostics(diagnostics, sources, format, false));
  else if (diagnostics.length > 0)
    say(formatDiagnostics(diagnostics, sources, "text", colour()).trimEnd());
}

/** A bar on a terminal, with a few words behind it; nothing elsewhere. */
export function progressBar(title: string): {
  update(done: number, total: number, words?: string): void;
  stop(): void;
} {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar(
    {
      format: `${title} {bar} {value}/{total} {words}`,
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update: (done, total, words = "") => {
      if (!started) bar.start(total, done, { words });
      started = true;
      bar.update(done, { words });
    },
    stop: () => bar.stop(),
  };
}

/** Says what went wrong without a stack trace, and gives the exit code for it. */
export function report(error: unknown, format: Format = "text"): number {
  if (error instanceof DiagnosticsError && format !== "text") {
    print(formatDiagnostics(error.diagnostics, error.sources, format, false));
    return exitCodes.failed;
  }
  if (error instanceof UserError) {
    say(/^(error|warning|note)\b/.test(error.message) ? error.message : `error: ${error.message}`);
    return exitCodes.failed;
  }
  const lack = lackOf(error as NodeJS.ErrnoException);
  if (lack !== null) {
    say(`error: ${lack}`);
    return exitCodes.failed;
  }
  const { message, stack } = error as Error;
  say(
    error instanceof CompilerBug
      ? message
      : `compiler bug: ${message}; please report it with the command line (EYRIE_TRACE=1 shows where)`,
  );
  if (process.env.EYRIE_TRACE) say(stack ?? "");
  return exitCodes.bug;
}

/** What the machine would not do, in words; null where the fault is ours. */
function lackOf({ message, errno, code, path }: NodeJS.ErrnoException): string | null {
  if (/array buffer allocation failed|invalid (typed )?array (buffer )?length/i.test(message))
    return "this machine has not enough memory for it; use smaller sizes, a smaller batch or chunk";
  return errno === undefined
    ? null
    : `${path ?? "a file"} cannot be read or written (${code}); check the path and the space on the disk`;
}
