/** All that is run of chevrotain, so that the build can make one file of it: it is 700 small ones, which take 0.4 s to load. */
export { CstParser, createToken, createTokenInstance, EOF, Lexer } from "chevrotain";
