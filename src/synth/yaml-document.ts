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
const keys = new Map<string, string>();

/** Writes one document. */
class DocumentWriter {
  private readonly seen = new Set<object>();

  /** Undefined where the document is left to cdk8s. */
  write(document: object): string | undefined {
    try {
      return `${this.nested(document, '')}\n`;
    } catch (error) {
      if (error === LEFT_TO_CDK8S) return undefined;
      throw error;
    }
  }

  private map(value: Readonly<Record<string, unknown>>, indent: string): string {
    let text = '';
    for (const key in value) {
      const item = value[key];
      text += text === '' ? '' : `\n${indent}`;
      text += `${keyText(key, indent)}:`;
      const isNested = typeof item === 'object' && item !== null && !isEmpty(item);
      text += isNested ? `\n${indent}${STEP}` : ' ';
      text += this.value(item, indent + STEP);
    }
    return text;
  }

  private list(value: readonly unknown[], indent: string): string {
    let text = '';
    for (let i = 0; i < value.length; i += 1) {
      text += `${i === 0 ? '' : `\n${indent}`}- ${this.value(value[i], indent + STEP)}`;
    }
    return text;
  }

  private value(value: unknown, indent: string): string {
    switch (typeof value) {
      case 'string':
        return value.includes('\n') ? blockText(value, indent) : lineText(value);
      case 'number':
        if (!Number.isFinite(value)) throw LEFT_TO_CDK8S;
        return Object.is(value, -0) ? '-0' : String(value);
      case 'boolean':
        return value ? 'true' : 'false';
      default:
        return this.nested(value, indent);
    }
  }

  private nested(value: unknown, indent: string): string {
    if (typeof value !== 'object' || value === null) throw LEFT_TO_CDK8S;
    // the same object in two places becomes an anchor and an alias
    if (this.seen.has(value)) throw LEFT_TO_CDK8S;
    this.seen.add(value);
    if (Array.isArray(value)) return value.length === 0 ? '[]' : this.list(value, indent);
    if (!isPlainObject(value)) throw LEFT_TO_CDK8S;
    return isEmpty(value) ? '{}' : this.map(value, indent);
  }
}

function keyText(key: string, indent: string): string {
  const known = keys.get(key);
  if (known !== undefined) return known;
  if (key.length > LONGEST_KEY || key.includes('\n')) throw LEFT_TO_CDK8S;
  if (DOCUMENT_MARKER.test(key)) {
    if (indent === '') throw LEFT_TO_CDK8S;
    return lineText(key);
  }
  const text = lineText(key);
  if (keys.size < MOST_KEYS) keys.set(key, text);
  return text;
}

/** At the top, a key must not look like the start or end of a document; a line starts after U+2028 and U+2029 too. */
const DOCUMENT_MARKER = /^(?:%|---|\.\.\.)/m;
/** Keys that are kept: an app has some hundreds, data of ConfigMaps may have any number. */
const MOST_KEYS = 10_000;

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
