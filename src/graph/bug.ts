/** An impossibility in the compiler itself: never a user's mistake. */
export class CompilerBug extends Error {
  constructor(what: string) {
    super(`compiler bug: ${what}; please report it with the model text`);
    this.name = "CompilerBug";
  }
}
