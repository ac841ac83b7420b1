/** Streams a text from the trained model beside this file, then goes on from the state that it left on disk. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModel, restoreState, Stream, saveState } from "eyrie";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const prompt = [...new TextEncoder().encode(process.argv[2] ?? "In the beginning")];
const sampling = { temperature: 0.6, topP: 0.95, seed: 1, maxTokens: 60 };

const model = await openModel({
  model: at("models/kjv-bytes/kjv-bytes.eyrie"),
  weights: at("models/kjv-bytes/model.safetensors"),
  entries: ["prefill", "decode"],
});
const { name } = model.compiled.model;
const text = new TextDecoder();
const show = (token: number) =>
  process.stdout.write(text.decode(Uint8Array.of(token), { stream: true }));
prompt.forEach(show);

const stream = Stream.open(model.session);
let last = prompt.at(-1) ?? 0;
for await (const [token] of stream.generate({ prompts: [prompt], ...sampling })) {
  last = token ?? last;
  show(last);
}

// The state is a value: here it goes to a file, and the stream itself is done with.
const file = join(tmpdir(), `${name}.state.safetensors`);
await saveState(file, await stream.save(), name);
stream.release();

// The last token was shown but not fed yet, so it is what the next stream goes on from.
const later = await Stream.restore(model.session, await restoreState(file, name));
for await (const [token] of later.generate({ prompts: [[last]], ...sampling })) show(token ?? 0);
process.stdout.write(`\n${later.seen} tokens seen; the state is in ${file}\n`);
later.release();
await model.release();
process.exit();
