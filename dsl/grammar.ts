/** The order of the words: one pure grammar of an item, with recovery. Builds nothing but the parser's own tree. */
import type { IParserErrorMessageProvider } from "chevrotain";
import { ExpressionGrammar } from "./expression-grammar.ts";
import * as t from "./tokens.ts";

export class Grammar extends ExpressionGrammar {
  constructor(errorMessageProvider: IParserErrorMessageProvider) {
    super(errorMessageProvider);
    this.performSelfAnalysis();
  }

  item = this.RULE("item", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.block) },
      { ALT: () => this.SUBRULE(this.model) },
      { ALT: () => this.SUBRULE(this.function) },
      { ALT: () => this.SUBRULE(this.constant) },
      { ALT: () => this.SUBRULE(this.config) },
      { ALT: () => this.SUBRULE(this.names) },
    ]);
  });

  block = this.RULE("block", () => {
    this.CONSUME(t.Block);
    this.CONSUME(t.Identifier);
    this.SUBRULE(this.formals);
    this.CONSUME(t.Arrow);
    this.OR([
      { ALT: () => this.SUBRULE(this.recordType) },
      { ALT: () => this.SUBRULE(this.tensorType) },
    ]);
    this.SUBRULE(this.body);
  });

  model = this.RULE("model", () => {
    this.CONSUME(t.Model);
    this.CONSUME(t.Identifier);
    this.SUBRULE(this.formals);
    this.SUBRULE(this.body);
  });

  function = this.RULE("function", () => {
    this.CONSUME(t.FunctionWord);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.OpenRound);
    this.MANY(() => {
      this.SUBRULE(this.functionParameter);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.CloseRound);
    this.SUBRULE(this.body);
  });

  functionParameter = this.RULE("functionParameter", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Assign);
      this.SUBRULE(this.expression);
    });
  });

  constant = this.RULE("constant", () => {
    this.CONSUME(t.Constant);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expression);
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

  recordType = this.RULE("recordType", () => {
    this.CONSUME(t.OpenCurly);
    this.MANY(() => {
      this.SUBRULE(this.fieldType);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.CloseCurly);
  });

  fieldType = this.RULE("fieldType", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.tensorType);
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
}
