/**
 * Plain data as YAML, byte for byte what `Yaml.stringify` of cdk8s gives, some ten times faster: that builds a tree of
 * nodes and asks each of twenty tags about each value. What is rare in manifests is left to it: whole documents with
 * control characters, null, classes, the same object in two places, or keys of several lines.
 */
import { Yaml } from 'cdk8s';

/** Documents in one text. */
export function yamlText(documents: readonly unknown[]): string {
  return documents.map((document) => documentText(document)).join('---\n');
}

function documentText(document: unknown): string {
  const isSimple = typeof document === 'object' && document !== null && !isEmpty(document);
  return (isSimple ? new DocumentWriter().write(document) : undefined) ?? Yaml.stringify(document);
}

const STEP = '  ';
/** Longer keys may be written in another form. */
const LONGEST_KEY = 500;
/** Texts that need no second look: a letter first, nothing that could be read as more than a word. */
const WORD = /^[A-Za-z/][\w./$(){}=@,+-]*(?:[ :][\w./$(){}=@,+-]+)*$/;
/** Words that YAML 1.1 reads as something else than text. */
const RESERVED =
  /^(?:null|Null|NULL|[yYnN]|[yY]es|YES|[nN]o|NO|[tT]rue|TRUE|[fF]alse|FALSE|[oO]n|ON|[oO]ff|OFF|[eE][-+]?\d+)$/;
/** Longest of the reserved words; an exponent may be longer and starts with e. */
const LONGEST_RESERVED = 5;
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u{D800}-\u{DFFF}]/u;
/** Texts of one line that cannot stand without quotes. */
const INDICATOR = /^[\t ,[\]{}#&*!|>'"%@`]|^[?-]$|^[?-][ \t]|:[ \t]|[\t ]#|[\t :]$/;
/** Texts of one line that YAML 1.1 would read as null, boolean, number or time. */
const MISREAD = [
  /^(?:~|[Nn]ull|NULL)?$/,
  /^(?:Y|y|[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON|N|n|[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/,
  /^[-+]?(?:0b[0-1_]+|0[0-7_]+|[0-9][0-9_]*|0x[0-9a-fA-F_]+)$/,
  /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
  /^[-+]?(?:[0-9][0-9_]*)?(?:\.[0-9_]*)?[eE][-+]?[0-9]+$/,
  /^[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:t|T|[ \t]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:[ \t]*(?:Z|[-+][012]?[0-9](?::[0-9]{2})?))?)?$/,
];

const LEFT_TO_CDK8S = Symbol('left to cdk8s');

/** Writes one document. */
class DocumentWriter {
  /** Joined at the end: texts put together of texts would be kept as trees until they are written. */
  private readonly parts: string[] = [];
  private readonly seen = new Set<object>();

  /** Undefined where the document is left to cdk8s. */
  write(document: object): string | undefined {
    try {
      this.nested(document, '\n');
      this.parts.push('\n');
      return this.parts.join('');
    } catch (error) {
      if (error === LEFT_TO_CDK8S) return undefined;
      throw error;
    }
  }

  /** `line` is the break and the indent before a line of it. */
  private map(value: Readonly<Record<string, unknown>>, line: string): void {
    const { parts } = this;
    const below = line + STEP;
    let isFirst = true;
    for (const key in value) {
      const item = value[key];
      if (!isFirst) parts.push(line);
      isFirst = false;
      parts.push(keyText(key, line));
      if (typeof item === 'object' && item !== null && !isEmpty(item)) {
        parts.push(':', below);
        this.nested(item, below);
      } else {
        parts.push(': ');
        this.value(item, below);
      }
    }
  }

  private list(value: readonly unknown[], line: string): void {
    const below = line + STEP;
    for (let i = 0; i < value.length; i += 1) {
      if (i > 0) this.parts.push(line);
      this.parts.push('- ');
      this.value(value[i], below);
    }
  }

  private value(value: unknown, line: string): void {
    switch (typeof value) {
      case 'string':
        this.parts.push(value.includes('\n') ? blockText(value, line.slice(1)) : lineText(value));
        break;
      case 'number':
        if (!Number.isFinite(value)) throw LEFT_TO_CDK8S;
        this.parts.push(Object.is(value, -0) ? '-0' : String(value));
        break;
      case 'boolean':
        this.parts.push(value ? 'true' : 'false');
        break;
      default:
        this.nested(value, line);
    }
  }

  private nested(value: unknown, line: string): void {
    if (typeof value !== 'object' || value === null) throw LEFT_TO_CDK8S;
    // the same object in two places becomes an anchor and an alias
    if (this.seen.has(value)) throw LEFT_TO_CDK8S;
    this.seen.add(value);
    if (Array.isArray(value)) {
      if (value.length === 0) this.parts.push('[]');
      else this.list(value, line);
      return;
    }
    if (!isPlainObject(value)) throw LEFT_TO_CDK8S;
    if (isEmpty(value)) this.parts.push('{}');
    else this.map(value, line);
  }
}

function keyText(key: string, line: string): string {
  if (key.length > LONGEST_KEY || key.includes('\n')) throw LEFT_TO_CDK8S;
  if (line === '\n' && DOCUMENT_MARKER.test(key)) throw LEFT_TO_CDK8S;
  return lineText(key);
}

/** At the top, a key must not look like the start or end of a document; a line starts after U+2028 and U+2029 too. */
const DOCUMENT_MARKER = /^(?:%|---|\.\.\.)/m;

function lineText(text: string): string {
  if (WORD.test(text) && !((text.length <= LONGEST_RESERVED || /^[eE]/.test(text)) && RESERVED.test(text))) return text;
  if (CONTROL.test(text) || text === '<<') throw LEFT_TO_CDK8S;
  if (!INDICATOR.test(text) && !MISREAD.some((pattern) => pattern.test(text))) return text;
  return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
}

/** Text of several lines, as a literal block. */
function blockText(text: string, indent: string): string {
  if (CONTROL.test(text) || /\n[\t ]+$/.test(text)) throw LEFT_TO_CDK8S;
  const indented = (lines: string): string => lines.replace(/\n+/g, `$&${indent}`);
  const content = text.replace(/[\n\t ]+$/, '');
  const tail = text.slice(content.length);
  const firstBreak = tail.indexOf('\n');
  const chomping = firstBreak === -1 ? '-' : content === '' || firstBreak !== tail.length - 1 ? '+' : '';
  const ending = tail.replace(/\n$/, '').replace(/(^|(?<!\n))\n+(?!\n|$)/g, `$&${indent}`);
  const lead = /^[\n ]*/.exec(content)?.[0] ?? '';
  const start = lead.includes('\n') ? lead.slice(0, lead.lastIndexOf('\n') + 1) : lead;
  const indicator = lead.includes(' ') ? '2' : '';
  return `|${indicator}${chomping}\n${indent}${indented(start)}${indented(content.slice(start.length))}${ending}`;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isEmpty(value: object): boolean {
  for (const _key in value) return false;
  return true;
}
