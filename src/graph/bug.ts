/** An impossibility in the compiler itself: never a user's mistake. */
export class CompilerBug extends Error {
  constructor(what: string) {
    super(`compiler bug: ${what}; please report it with the model text`);
    this.name = "CompilerBug";
  }
}

/** A mistake or a lack that the user can mend: one clear sentence that says what to do. */
export class UserError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UserError";
  }
}
