/** What a test expects of an error: whose mistake it is, and what it says. */
import assert from "node:assert/strict";
import { CompilerBug, UserError } from "../../../src/graph/bug.ts";

/** For assert.rejects and assert.throws: one line for the user. */
export const isUserError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, `not a user's error: ${error}`);
  assert.match(error.message, pattern);
  assert.doesNotMatch(error.message, /\n/);
  return true;
};

export const isBug = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CompilerBug, `not a bug: ${error}`);
  assert.match(error.message, pattern);
  return true;
};
