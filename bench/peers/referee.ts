/** Starts contestants in processes of their own and asks them one thing after another. A process that ends is told as a problem. */
import { type ChildProcess, fork } from "node:child_process";
import type { Prepared, Reply, Request } from "./contestant.ts";

export type Player = {
  readonly describe: string;
  /** The driver file that its adapter came from, where one was chosen. */
  readonly drivers: string | null;
  ask(request: Request, seconds: number): Promise<Reply>;
  end(): void;
};

/** Failures, slow answers and crashes become a `failed` reply. */
export async function invite(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Player | string> {
  const child = fork(new URL(`contestants/${file}`, import.meta.url), args, {
    execArgv: ["--import", "tsx/esm"],
    serialization: "advanced",
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const complaints = lastLines(child);
  const first = await next(child, 60, complaints);
  if (first.kind !== "ready") {
    child.kill();
    return first.kind === "failed" ? first.problem : "it did not start";
  }
  return {
    describe: first.describe,
    drivers: first.drivers,
    ask: (request, seconds) => {
      if (!child.connected) return Promise.resolve(ended(child, complaints));
      const answer = next(child, seconds, complaints);
      child.send(request);
      return answer;
    },
    end: () => void child.kill("SIGKILL"),
  };
}

function next(child: ChildProcess, seconds: number, complaints: () => string): Promise<Reply> {
  return new Promise((resolve) => {
    const done = (reply: Reply) => {
      clearTimeout(timer);
      child.off("message", done);
      child.off("exit", exited);
      resolve(reply);
    };
    const exited = () => done(ended(child, complaints));
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      done({ kind: "failed", problem: `no answer within ${seconds} s` });
    }, seconds * 1000);
    child.on("message", done);
    child.on("exit", exited);
  });
}

const ended = (child: ChildProcess, complaints: () => string): Reply => ({
  kind: "failed",
  problem:
    `its process ended (${child.signalCode ?? `exit code ${child.exitCode}`}) ${complaints()}`.trim(),
});

/** The end of what it wrote to its standard error. */
function lastLines(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (more: string) => {
    text = (text + more).slice(-2000);
  });
  return () => text.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
}

export type { Prepared };
