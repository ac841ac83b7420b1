/** Plays rows through a session's entries, part after part. `signature.outputs` are the outputs that are read. */
import type { Session } from "../../targets/executor.ts";
import { type Signature, widthOf } from "../../targets/signature.ts";
import { Stream } from "../../targets/stream.ts";
import type { Meter, Outputs } from "./meter.ts";
import { callOf, cutRow, type Row } from "./rows.ts";

/** Where parts of the given lengths, over and over, start and end within the longest row. */
function partsOf(rows: readonly Row[], lengths: readonly number[]): readonly [number, number][] {
  const longest = Math.max(...rows.map(({ length }) => length));
  const parts: [number, number][] = [];
  for (let from = 0; from < longest; ) {
    const until = from + lengths[parts.length % lengths.length]!;
    parts.push([from, until]);
    from = until;
  }
  return parts;
}

/** The outputs of all tokens, scored part after part. */
export async function scoreParts(
  session: Session,
  signature: Signature,
  rows: readonly Row[],
  lengths: readonly number[],
): Promise<Outputs> {
  const { outputs: specs } = signature;
  const found = Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      rows.map(({ length }) => new Float64Array(length * widthOf(spec))),
    ]),
  );
  const outputs = specs.map(({ name }) => name);
  const stream = Stream.open(session);
  for (const [start, end] of partsOf(rows, lengths)) {
    const part = rows.map((row) => cutRow(signature, row, start, end));
    const { tokens, options } = callOf(signature, part);
    for await (const scores of stream.score<string>(tokens, { ...options, outputs }))
      for (const spec of specs) {
        const width = widthOf(spec);
        const { data } = scores.outputs[spec.name]!;
        const per = data.length / rows.length;
        for (const [row, count] of scores.counts.entries()) {
          if (count === 0) continue;
          found[spec.name]![row]!.set(
            data.subarray(row * per, row * per + count * width),
            (start + scores.from) * width,
          );
        }
      }
  }
  stream.release();
  return found;
}

/** Prefills part after part; every part's last tokens are compared. The state is saved and restored after the first. */
export async function feedParts(
  session: Session,
  signature: Signature,
  rows: readonly Row[],
  lengths: readonly number[],
  meter: Meter,
): Promise<void> {
  const outputs = signature.outputs.map(({ name }) => name);
  let stream = Stream.open(session);
  for (const [start, end] of partsOf(rows, lengths)) {
    const part = rows.map((row) => cutRow(signature, row, start, end));
    const { tokens, options } = callOf(signature, part);
    const found = await stream.feed<string>(tokens, { ...options, outputs });
    const last = (row: number) => (part[row]!.length > 0 ? start + part[row]!.length - 1 : null);
    meter.compareLast(found, last, `prefill in parts of ${lengths.join(", ")}`);
    if (start > 0) continue;
    const saved = await stream.save();
    stream.release();
    stream = await Stream.restore(session, saved);
  }
  stream.release();
}

/** Decodes token by token. */
export async function stepThrough(
  session: Session,
  signature: Signature,
  rows: readonly Row[],
  meter: Meter,
): Promise<void> {
  const outputs = signature.outputs.map(({ name }) => name);
  const stream = Stream.open(session);
  for (const [at] of partsOf(rows, [1])) {
    const part = rows.map((row) => cutRow(signature, row, at, at + 1));
    const { tokens, options } = callOf(signature, part);
    const one = tokens?.map(([token = null]) => token) ?? null;
    const found = await stream.step<string>(one, { ...options, outputs });
    meter.compareLast(found, (row) => (part[row]!.length > 0 ? at : null), "decode");
  }
  stream.release();
}
