/** How commands talk: results on stdout, progress on stderr, one exit code for each kind of failure. */
import cliProgress from "cli-progress";
import { CompilerBug, UserError } from "../graph/bug.ts";

/** 0 is success; 2 is commander's code for a wrong command line. */
export const exitCodes = { failed: 1, usage: 2, bug: 70 } as const;

export const say = (text: string): void => void process.stderr.write(`${text}\n`);
export const print = (text: string): void => void process.stdout.write(`${text}\n`);
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

export const colour = (): boolean => process.stderr.isTTY === true && process.env.NO_COLOR === undefined;

/** A bar on a terminal, nothing elsewhere. */
export function progressBar(title: string): { update(done: number, total: number): void; stop(): void } {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar(
    { format: `${title} {bar} {value}/{total}`, clearOnComplete: true, hideCursor: true, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update: (done, total) => {
      if (!started) bar.start(total, done);
      started = true;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}

/** Says what went wrong without a stack trace, and gives the exit code for it. */
export function report(error: unknown): number {
  if (error instanceof UserError) {
    say(error.message.startsWith("error") || error.message.startsWith("warning") ? error.message : `error: ${error.message}`);
    return exitCodes.failed;
  }
  if (error instanceof CompilerBug) {
    say(error.message);
    return exitCodes.bug;
  }
  const { message, code } = error as NodeJS.ErrnoException;
  if (code !== undefined) {
    say(`error: ${message}`);
    return exitCodes.failed;
  }
  say(`compiler bug: ${message}; please report it with the command line (EYRIE_TRACE=1 shows where)`);
  if (process.env.EYRIE_TRACE) say((error as Error).stack ?? "");
  return exitCodes.bug;
}
