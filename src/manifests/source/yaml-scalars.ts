/**
 * How kubectl reads a plain scalar: by YAML 1.1, where `yes` and `Off` are booleans, `1_000` and `017` are numbers. What
 * needs to be text has to be in quotes. From sigs.k8s.io/yaml (goyaml.v2, resolve.go), tried with kubectl 1.32.
 */
import type { ScalarTag, Tags } from 'yaml';

const BOOLEANS: ReadonlyMap<string, boolean> = new Map(
  ['y', 'yes', 'on', 'true', 'n', 'no', 'off', 'false'].flatMap((word, index): [string, boolean][] => {
    const title = word.charAt(0).toUpperCase() + word.slice(1);
    return [...new Set([word, title, word.toUpperCase()])].map((spelling) => [spelling, index < 4]);
  }),
);
const BOOLEAN = new RegExp(`^(?:${[...BOOLEANS.keys()].join('|')})$`);
const INTEGER = /^[-+]?\d[\d_a-fA-FxXoO]*$/;
const FLOAT = /^(?:[-+]?\d[\d_]*(?:\.[\d_]*)?|[-+]?\.\d+)(?:[eE][-+]?\d+)?$/;

const booleanTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: BOOLEAN,
  resolve: (text) => BOOLEANS.get(text) ?? text,
};
const integerTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: INTEGER,
  resolve: (text) => integerOf(text.replaceAll('_', '')) ?? floatOf(text) ?? text,
};
const floatTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: FLOAT,
  resolve: (text) => floatOf(text) ?? text,
};

const REPLACED: ReadonlySet<string> = new Set([booleanTag.tag, integerTag.tag, floatTag.tag]);

/** The tags of the core schema, with those of booleans and numbers replaced. */
export function kubectlTags(tags: Tags): Tags {
  const others = tags.filter((tag) => typeof tag === 'string' || !REPLACED.has(tag.tag));
  return [...others, booleanTag, integerTag, floatTag];
}

/** An integer in base 2, 8, 10 or 16, as Go's ParseInt reads it; undefined for anything else. */
function integerOf(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.+)$/.exec(text) ?? [];
  const literal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase();
  if (!/^(?:0|[1-9]\d*|0x[\da-f]+|0o[0-7]+|0b[01]+)$/.test(literal)) return undefined;
  return sign === '-' ? -Number(literal) : Number(literal);
}

function floatOf(text: string): number | undefined {
  const plain = text.startsWith('_') ? text : text.replaceAll('_', '');
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? Number(plain) : undefined;
}
