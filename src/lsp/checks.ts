/** Sends texts to the checking process, the newest of each document after a short rest, and hands on what it finds. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CheckReply, CheckRequest, Finding } from "./protocol.ts";

/** Milliseconds without a change before a text is checked. */
const rest = 120;
/** Milliseconds of silence after which a check is given up where a newer text waits. */
const patience = 5_000;
/** How often in a row the process may end without an answer before it is not started again. */
const attempts = 3;

export class Checks {
  readonly #hear: (request: CheckRequest, finding: Finding) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** What was asked and is not done. */
  readonly #open = new Map<string, CheckRequest>();
  #heard = 0;
  #failures = 0;
  #process: ChildProcess;

  constructor(hear: (request: CheckRequest, finding: Finding) => void) {
    this.#hear = hear;
    this.#process = this.#start();
  }

  /** Checks a text once its document rests. */
  ask(request: CheckRequest): void {
    clearTimeout(this.#timers.get(request.uri));
    this.#timers.set(
      request.uri,
      setTimeout(() => this.#send(request), rest),
    );
  }

  /** Asks no more about a document. */
  forget(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    this.#open.delete(uri);
  }

  #send(request: CheckRequest): void {
    const now = performance.now();
    if (this.#open.size > 0 && now - this.#heard > patience) this.#giveUp();
    if (this.#open.size === 0) this.#heard = now;
    this.#open.set(request.uri, request);
    if (this.#process.connected) this.#process.send(request);
  }

  /** Ends what runs too long and forgets what waits behind it. */
  #giveUp(): void {
    const late = this.#process;
    this.#open.clear();
    this.#process = this.#start();
    late.kill();
  }

  /** The file beside this one, spelled as this one is: source, compiled or bundled. */
  #start(): ChildProcess {
    const [extension] = /\.\w+$/.exec(import.meta.url) ?? [".js"];
    const path = fileURLToPath(new URL(`./check-process${extension}`, import.meta.url));
    const started = fork(path, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    started.on("message", (reply: CheckReply) => {
      if (started === this.#process) this.#reply(reply);
    });
    started.on("exit", (code, signal) => {
      if (started === this.#process) this.#fail(`the checking process ended: ${code ?? signal}`);
    });
    return started;
  }

  #reply({ uri, version, finding }: CheckReply): void {
    this.#heard = performance.now();
    this.#failures = 0;
    const request = this.#open.get(uri);
    if (request?.version !== version) return;
    if (finding.kind === "done") this.#open.delete(uri);
    this.#hear(request, finding);
  }

  /** The process died of what it was asked; another one is started for what comes. */
  #fail(bug: string): void {
    this.#failures++;
    const asked = [...this.#open.values()];
    this.#open.clear();
    if (this.#failures < attempts) this.#process = this.#start();
    for (const request of asked) this.#hear(request, { kind: "done", bug });
  }
}
