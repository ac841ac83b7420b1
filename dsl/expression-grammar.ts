/** The order of the words in an expression: one pure grammar, with recovery, that the grammar of items builds on. */
import type { IParserErrorMessageProvider, TokenType } from "chevrotain";
import { CstParser } from "./chevrotain.ts";
import * as t from "./tokens.ts";

/** Only marks may be imagined where they lack; a name or a value never. */
const marks: ReadonlySet<TokenType> = new Set([
  t.Comma,
  t.Colon,
  t.Assign,
  t.Arrow,
  t.CloseRound,
  t.CloseSquare,
]);

export class ExpressionGrammar extends CstParser {
  constructor(errorMessageProvider: IParserErrorMessageProvider) {
    super(t.allTokens, {
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: "onlyOffset",
      errorMessageProvider,
    });
  }

  override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return marks.has(type);
  }

  // Flat: the tree gives the operators their strength. Few rules a level keep the stack short.
  expression = this.RULE("expression", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.If);
          this.SUBRULE(this.expression);
          this.CONSUME(t.Then);
          this.SUBRULE1(this.expression);
          this.CONSUME(t.Else);
          this.SUBRULE2(this.expression);
        },
      },
      {
        ALT: () => {
          this.SUBRULE(this.operand);
          this.MANY(() => {
            this.CONSUME(t.Infix);
            this.SUBRULE1(this.operand);
          });
        },
      },
    ]);
  });

  operand = this.RULE("operand", () => {
    this.MANY(() => this.CONSUME(t.Prefix));
    this.OR([
      { ALT: () => this.CONSUME(t.Numeral) },
      { ALT: () => this.CONSUME(t.True) },
      { ALT: () => this.CONSUME(t.False) },
      { ALT: () => this.CONSUME(t.Path) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.record) },
      {
        ALT: () => {
          this.CONSUME(t.Open);
          this.SUBRULE(this.expression);
          this.CONSUME(t.CloseRound);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Identifier);
          this.OPTION(() => this.SUBRULE(this.arguments));
        },
      },
    ]);
    this.OPTION1(() => this.SUBRULE(this.label));
  });

  label = this.RULE("label", () => {
    this.CONSUME(t.As);
    this.CONSUME(t.Identifier);
  });

  list = this.RULE("list", () => {
    this.CONSUME(t.OpenSquare);
    this.MANY(() => {
      this.SUBRULE(this.expression);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.CloseSquare);
  });

  record = this.RULE("record", () => {
    this.CONSUME(t.OpenCurly);
    this.MANY(() => {
      this.SUBRULE(this.field);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.CloseCurly);
  });

  field = this.RULE("field", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  arguments = this.RULE("arguments", () => {
    this.CONSUME(t.OpenRound);
    this.MANY(() => {
      this.SUBRULE(this.argument);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.CloseRound);
  });

  argument = this.RULE("argument", () => {
    this.OPTION(() => {
      this.CONSUME(t.Identifier);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.expression);
  });
}
