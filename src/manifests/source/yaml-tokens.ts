/**
 * Cuts YAML into tokens as kubectl's parser does, which is more lenient than the specification: the later lines of a quoted
 * text and of brackets may stand further left than their key. Generated CustomResourceDefinitions are full of such texts.
 */
import { Lexer, Parser } from 'yaml';
import type { CST, LineCounter } from 'yaml';

/** The parts of the library's lexer that are its own; the version in package-lock.json has them. */
interface LexerInside {
  indentNext: number;
  parseQuotedScalar: () => Generator<string, unknown>;
  parseFlowCollection: () => Generator<string, unknown>;
}

/** Tokens of a text, for a `Composer`. */
export function* yamlTokens(text: string, lineCounter: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lineCounter.addNewLine);
  lineCounter.addNewLine(0);
  for (const lexeme of lenientLexer().lex(text)) yield* parser.next(lexeme);
  yield* parser.end();
}

function lenientLexer(): Lexer {
  const lexer = new Lexer();
  const inside = lexer as unknown as LexerInside;
  for (const part of ['parseQuotedScalar', 'parseFlowCollection'] as const) {
    const strict = inside[part].bind(inside);
    inside[part] = function* () {
      const indent = inside.indentNext;
      // at the margin only a document's marker ends a text without its quote, or brackets that are open
      inside.indentNext = 0;
      try {
        return yield* strict();
      } finally {
        inside.indentNext = indent;
      }
    };
  }
  return lexer;
}
