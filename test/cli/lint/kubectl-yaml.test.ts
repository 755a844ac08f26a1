/** Scalars as kubectl 1.32 reads them: `kubectl label --local -o json -f` of a custom resource gave the values below. */
import { describe, expect, it } from 'vitest';
import { contentOf, parseDocuments } from '#manifest-source';
import { findingsIn, podWith, rulesBroken } from './linting.ts';

const READ_BY_KUBECTL: Readonly<Record<string, unknown>> = {
  y: true,
  n: false,
  Y: true,
  N: false,
  yes: true,
  on: true,
  off: false,
  Yes: true,
  True: true,
  yEs: 'yEs',
  '1_000': 1000,
  '0o17': 15,
  '017': 15,
  '-017': -15,
  '0b11': 3,
  '0b1_0': 2,
  '0x1F': 31,
  '0x_1': 1,
  '1__0': 10,
  '1_': 1,
  '+1': 1,
  '-1_000': -1000,
  '00': 0,
  '089': 89,
  '1e3': 1000,
  '12e03': 12_000,
  '1E3': 1000,
  '1e-3': 0.001,
  '.5': 0.5,
  '-.5': -0.5,
  '+.5': 0.5,
  '1.': 1,
  '1_0.5': 10.5,
  _1: '_1',
  '12:30:45': '12:30:45',
  '2020-01-01': '2020-01-01',
  NULL: null,
  '~': null,
};

describe('a plain scalar is read as kubectl reads it:', () => {
  it.each(Object.entries(READ_BY_KUBECTL))('%s', (text, value) => {
    const source = { text: `a: ${text}\n`, linesBefore: 0 };
    const [document] = parseDocuments(source, 'x.yaml');
    if (document === undefined) throw new Error('there is no document');
    expect(contentOf(document, source, 'x.yaml')).toEqual({ a: value });
  });

  it('keys too', () => {
    const source = { text: 'on: 1\nno: 2\n', linesBefore: 0 };
    const [document] = parseDocuments(source, 'x.yaml');
    if (document === undefined) throw new Error('there is no document');
    expect(contentOf(document, source, 'x.yaml')).toEqual({ true: 1, false: 2 });
  });

  it('and in quotes it is text', async () => {
    expect(await rulesBroken(podWith('env: [{name: A, value: \'yes\'}, {name: B, value: "1_000"}]'))).toEqual([]);
  });
});

describe('what needs to be text and is not is told:', () => {
  it.each([
    ['a value of env', podWith('env: [{name: A, value: yes}]'), 'env-value-type'],
    ['a word', podWith('args: [--watch, off]'), 'field-type'],
    ['a value of a ConfigMap', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {A: Off}}', 'field-type'],
    ['a label', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {a: no}}}', 'label-value'],
  ])('%s', async (_, text, rule) => {
    expect(await rulesBroken(text)).toEqual([rule]);
  });
});

describe('a key that is in one mapping twice', () => {
  it('is told once, with the line of the last', async () => {
    const text = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: a
      env:
        - name: A
          value: a
          name: B
          value: b
          name: C
`;
    const findings = await findingsIn(text);
    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['yaml-key-twice', 12],
      ['yaml-key-twice', 11],
    ]);
  });

  it('is told of JSON and of flow style, and not of merge keys', async () => {
    expect(
      await rulesBroken(
        '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "1", "a": "2"}}',
      ),
    ).toEqual(['yaml-key-twice']);
    const merged =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: &x {a: b}, labels: &y {c: d}}\ndata:\n  <<: *x\n  <<: *y\n';
    expect(await rulesBroken(merged)).toEqual([]);
  });
});

describe('brackets', () => {
  it('may have their later lines further left than their key', async () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {\na: b,\n"c": "d"\n}}\ndata: {\nx: z}\n';
    expect(await rulesBroken(text)).toEqual([]);
  });

  it('have to close', async () => {
    await expect(rulesBroken('apiVersion: v1\nkind: ConfigMap\nmetadata: {\nname: a\n')).rejects.toThrow(
      '(standard input):5:1: is not YAML: ',
    );
  });
});

describe('the line of a finding', () => {
  const pairs = Array.from({ length: 40 }, (_, index) => `  key-${index}: text\n`).join('');
  const configMap = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${data}`;

  it('is that of the key, in a map of many keys too; of equal keys the last', async () => {
    const found = await findingsIn(configMap(`  twice: text\n${pairs}  number: 5\n  twice: yes\n`));
    expect(found.map(({ rule, line }) => [rule, line])).toEqual([
      ['yaml-key-twice', 47],
      ['field-type', 47],
      ['field-type', 46],
    ]);
  });

  it('is where an alias points to, the last anchor of its name above it', async () => {
    const text = configMap('  a: &x text\n  b: *x\n  c: &x 5\n  d: *x\n');
    expect((await findingsIn(text)).map(({ rule, line }) => [rule, line])).toEqual([
      ['field-type', 7],
      ['field-type', 8],
    ]);
  });
});

it('brackets in brackets beyond the stack are one clear error', async () => {
  await expect(rulesBroken(`a: ${'['.repeat(50_000)}${']'.repeat(50_000)}\n`)).rejects.toThrow(
    '(standard input):1: cannot be read: nested too deeply',
  );
});
