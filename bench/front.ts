/** How long the language takes, in fresh processes: a long file read and checked; the 26 layers of RecurrentGemma 2B from text to kernels. */
import { execFileSync, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CompileTimes } from "./front/compile.ts";
import type { ReadTimes } from "./front/read.ts";
import { summarise } from "./measure.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What a script of `front` sends when it is done. */
const sentBy = <T>(script: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const child = fork(new URL(`front/${script}`, import.meta.url), {
      execArgv: ["--import", "tsx/esm"],
    });
    child.on("message", (sent) => resolve(sent as T));
    child.on("exit", (code) => reject(new Error(`${script} ended with ${code}`)));
  });

/** Builds the package, and says what it took in sentences. */
export async function benchFront(): Promise<string> {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
  const read = await sentBy<ReadTimes>("read.ts");
  const compiled = await sentBy<CompileTimes>("compile.ts");
  return [readLine(read), compileLine(compiled)].join("\n\n");
}

const ms = (time: number): string => `${time.toFixed(0)} ms`;

function readLine({ lines, times: [first, ...rest] }: ReadTimes): string {
  const parse = summarise(rest.map((t) => t.parse)).median;
  const check = summarise(rest.map((t) => t.check)).median;
  return `A file of ${lines} lines: read in ${ms(parse)} and checked in ${ms(check)}, ${ms(parse + check)} together (medians); ${ms(first!.parse + first!.check)} the first time in a process.`;
}

function compileLine({ kernels, times: [first, ...rest] }: CompileTimes): string {
  const { least, median } = summarise(rest);
  return `RecurrentGemma 2B, 26 layers, from text to the kernels of prefill and decode (${kernels.join(" and ")}): ${ms(median)} (median, ${ms(least)} at least); ${ms(first!)} the first time in a process.`;
}
