/** A run on disk: what its stream carries, and the tokens that were shown but not yet fed, so that it goes on as if it had never stopped. */
import { signatureOf } from "../../targets/signature.ts";
import { Stream } from "../../targets/stream.ts";
import type { OpenedAny } from "../execute/open-any.ts";
import { UserError } from "../graph/bug.ts";
import { restoreState, saveState } from "../weights/state-file.ts";

const unfedName = "run.unfed";

/** A fresh stream, or the one that a file holds; with each row's tokens that come before anything else. */
export async function openRun(
  { session, context, name }: OpenedAny,
  path: string | undefined,
): Promise<{ stream: Stream; unfed: readonly (readonly number[])[] }> {
  if (path === undefined) {
    const stream = Stream.open(session, { context });
    return { stream, unfed: Array.from({ length: stream.batch }, () => []) };
  }
  const { [unfedName]: unfed, ...values } = await restoreState(path, name);
  const saved = Object.values(values)[0]?.shape[0] ?? 0;
  const { batch } = signatureOf(session.entries);
  if (saved !== batch)
    throw new UserError(
      `${path} holds ${saved} rows, and ${batch} run side by side here; give --batch ${saved}`,
    );
  const stream = await Stream.restore(session, values, { context });
  return {
    stream,
    unfed: Array.from({ length: batch }, (_, row) =>
      [...(unfed?.data.slice(row, row + 1) ?? [])].filter((token) => token >= 0),
    ),
  };
}

/** Writes the stream, and at most one unfed token a row. */
export async function saveRun(
  path: string,
  stream: Stream,
  unfed: readonly (readonly number[])[],
  model: string,
): Promise<void> {
  const data = Int32Array.from(unfed, ([token = -1]) => token);
  await saveState(
    path,
    { ...(await stream.save()), [unfedName]: { dtype: "i32", shape: [unfed.length, 1], data } },
    model,
  );
}
