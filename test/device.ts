/** One Dawn device for all tests of a process, opened when first asked for and released when mocha ends. */
import { UserError } from "../src/graph/bug.ts";
import { type OpenDevice, openDevice } from "../targets/wgsl/device.ts";

let opening: Promise<OpenDevice | null> | null = null;

/** null where no adapter opens. An adapter named by EYRIE_ADAPTER must open. */
export function sharedDevice(): Promise<OpenDevice | null> {
  opening ??= openDevice().catch((error: unknown) => {
    if (!(error instanceof UserError) || process.env["EYRIE_ADAPTER"]) throw error;
    console.log(`  tests on a device are skipped: ${error.message}`);
    return null;
  });
  return opening;
}

/** The shared device, or the running test ends as skipped. */
export async function deviceOrSkip(test: Mocha.Context): Promise<OpenDevice> {
  return (await sharedDevice()) ?? test.skip();
}

// Imported by test files at their top, so this is a hook of mocha's root suite.
after(async () => {
  await (await opening?.catch(() => null))?.release();
});
