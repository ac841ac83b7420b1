/** The process that elaborates: one text at a time, its mistakes first, so that the server answers meanwhile. */
import { setImmediate as turn } from "node:timers/promises";
import type { ModelFact } from "../../dsl/analyze/facts.ts";
import { observe, observeConfigs } from "../../dsl/analyze/observe.ts";
import { checkFile } from "../../dsl/elaborate.ts";
import { parse } from "../../dsl/parse.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import type { CheckReply, CheckRequest, Finding } from "./protocol.ts";

const standard = standardLibrary().map(({ file, text }) => parse(file, text).ast);

/** Everything that is found about one text, as soon as it is known. */
function* check({ file, text }: CheckRequest): Generator<Finding> {
  const { ast, diagnostics } = parse(file, text);
  const files = [...standard.filter((other) => other.file !== file), ast];
  const isReadable = diagnostics.length === 0 || ast.items.length > 0;
  const found = isReadable ? checkFile(files, [ast]) : [];
  yield { kind: "diagnostics", diagnostics: [...diagnostics, ...found] };
  if (!isReadable) return;
  yield { kind: "facts", facts: observe(files, ast) };
  const configs: ModelFact[] = [];
  for (const config of observeConfigs(files, ast)) {
    configs.push(config);
    yield { kind: "configs", configs };
  }
}

/** The newest text of each document that nobody has looked at yet. */
const waiting = new Map<string, CheckRequest>();
let isRunning = false;

async function run(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  for (let [next] = waiting.values(); next; [next] = waiting.values()) {
    waiting.delete(next.uri);
    await answer(next);
  }
  isRunning = false;
}

/** Says all findings about a text, unless a newer one comes in between. */
async function answer(request: CheckRequest): Promise<void> {
  const { uri, version } = request;
  const say = (finding: Finding) => process.send?.({ uri, version, finding } satisfies CheckReply);
  let bug: string | null = null;
  try {
    for (const finding of check(request)) {
      say(finding);
      await turn();
      if (waiting.has(uri)) break;
    }
  } catch (error) {
    bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  say({ kind: "done", bug });
}

process.on("message", (request: CheckRequest) => {
  waiting.set(request.uri, request);
  void run();
});
// A server that is gone asks nothing any more.
process.on("disconnect", () => process.exit());
