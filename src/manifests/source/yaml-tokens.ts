/**
 * Cuts YAML into tokens as kubectl's parser does, which is more lenient than the specification in one place: the later
 * lines of a quoted text may stand further left than its key. Generated CustomResourceDefinitions are full of them.
 */
import { Lexer, Parser } from 'yaml';
import type { CST, LineCounter } from 'yaml';

/** The parts of the library's lexer that are its own; the version in package-lock.json has them. */
interface LexerInside {
  indentNext: number;
  parseQuotedScalar: () => Generator<string, unknown>;
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
  const strict = inside.parseQuotedScalar.bind(inside);
  inside.parseQuotedScalar = function* () {
    const indent = inside.indentNext;
    // at the margin only a document's marker ends a text without its quote
    inside.indentNext = 0;
    try {
      return yield* strict();
    } finally {
      inside.indentNext = indent;
    }
  };
  return lexer;
}
