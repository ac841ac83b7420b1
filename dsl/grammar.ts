/** The order of the words: one pure grammar of an item, with recovery. Builds nothing but the parser's own tree. */
import { CstParser, type IParserErrorMessageProvider, type TokenType } from "chevrotain";
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

export class Grammar extends CstParser {
  constructor(errorMessageProvider: IParserErrorMessageProvider) {
    super(t.allTokens, {
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: "onlyOffset",
      errorMessageProvider,
    });
    this.performSelfAnalysis();
  }

  override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return marks.has(type);
  }

  item = this.RULE("item", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.SUBRULE(this.model) },
      { ALT: () => this.SUBRULE(this.config) },
      { ALT: () => this.SUBRULE(this.names) },
    ]);
  });

  block = this.RULE("block", () => {
    this.CONSUME(t.Block);
    this.CONSUME(t.Identifier);
    this.SUBRULE(this.formals);
    this.CONSUME(t.Arrow);
    this.SUBRULE(this.tensorType);
    this.SUBRULE(this.body);
  });

  model = this.RULE("model", () => {
    this.CONSUME(t.Model);
    this.CONSUME(t.Identifier);
    this.SUBRULE(this.formals);
    this.SUBRULE(this.body);
  });

  config = this.RULE("config", () => {
    this.CONSUME(t.Config);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Text);
    this.SUBRULE(this.settings);
  });

  names = this.RULE("names", () => {
    this.CONSUME(t.Names);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.OpenCurly);
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.Config);
            this.SUBRULE(this.settings);
          },
        },
        { ALT: () => this.SUBRULE(this.nameRule) },
      ]),
    );
    this.CONSUME(t.CloseCurly);
  });

  nameRule = this.RULE("nameRule", () => {
    this.OR([{ ALT: () => this.CONSUME(t.Path) }, { ALT: () => this.CONSUME(t.Identifier) }]);
    this.CONSUME(t.Assign);
    this.OPTION(() => this.CONSUME(t.Transpose));
    this.CONSUME(t.Text);
    this.OPTION1(() => {
      this.CONSUME(t.OpenSquare);
      this.CONSUME(t.Numeral);
      this.CONSUME(t.CloseSquare);
    });
    this.OPTION2(() => this.CONSUME(t.Comma));
  });

  settings = this.RULE("settings", () => {
    this.CONSUME(t.OpenCurly);
    this.MANY(() => {
      this.SUBRULE(this.setting);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.CloseCurly);
  });

  setting = this.RULE("setting", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expression);
  });

  // Commas are optional here and asked for by the tree: a missing one costs one clear diagnostic.
  formals = this.RULE("formals", () => {
    this.CONSUME(t.OpenRound);
    this.MANY(() => {
      this.SUBRULE(this.formal);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.CloseRound);
  });

  formal = this.RULE("formal", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(t.Assign);
      this.SUBRULE(this.expression);
    });
  });

  type = this.RULE("type", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.tensorType) },
      { ALT: () => this.CONSUME(t.Size) },
      { ALT: () => this.CONSUME(t.NumberWord) },
      { ALT: () => this.CONSUME(t.Flag) },
      { ALT: () => this.CONSUME(t.Block) },
      { ALT: () => this.CONSUME(t.Pattern) },
    ]);
  });

  tensorType = this.RULE("tensorType", () => {
    this.OPTION(() => this.CONSUME(t.Int));
    this.SUBRULE(this.list);
  });

  body = this.RULE("body", () => {
    this.CONSUME(t.OpenCurly);
    this.MANY(() => this.SUBRULE(this.statement));
    this.CONSUME(t.CloseCurly);
  });

  statement = this.RULE("statement", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.size) },
      { ALT: () => this.SUBRULE(this.param) },
      { ALT: () => this.SUBRULE(this.setting) },
      { ALT: () => this.SUBRULE(this.expression) },
    ]);
  });

  size = this.RULE("size", () => {
    this.CONSUME(t.Size);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expression);
  });

  param = this.RULE("param", () => {
    this.CONSUME(t.Param);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.tensorType);
    this.OPTION(() => {
      this.CONSUME(t.Assign);
      this.SUBRULE(this.expression);
    });
  });

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
