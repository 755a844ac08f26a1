import { App, Chart, Testing } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdmissionPolicy } from '#constructs';
import type { AdmissionPolicyProps } from '#constructs';
import { looksLikeCredential } from '#env';
import { look } from '#test-support/rendered';

function synth(props: AdmissionPolicyProps = {}) {
  const chart = new Chart(new App(), 'bootstrap', { namespace: 'shop' });
  new AdmissionPolicy(chart, 'policy', props);
  return look(Testing.synth(chart) as unknown[]);
}

describe('AdmissionPolicy', () => {
  it('warns and notes at first, and denies when it is told to', () => {
    const actions = (props: AdmissionPolicyProps) =>
      synth(props).object('ValidatingAdmissionPolicyBinding/shop-workloads').at('spec', 'validationActions').value;
    expect(actions({})).toEqual(['Warn', 'Audit']);
    expect(actions({ action: 'deny' })).toEqual(['Deny', 'Audit']);
  });

  it('judges the workloads of its namespace alone', () => {
    const objects = synth();
    const binding = objects.object('ValidatingAdmissionPolicyBinding/shop-workloads');
    expect(binding.at('spec', 'matchResources', 'namespaceSelector', 'matchLabels').value).toEqual({
      'kubernetes.io/metadata.name': 'shop',
    });
    const policy = objects.object('ValidatingAdmissionPolicy/shop-workloads');
    expect(
      policy.at('spec', 'matchConstraints', 'resourceRules').items.flatMap((it) => it.at('resources').value),
    ).toEqual([...['deployments', 'statefulsets', 'daemonsets'], ...['jobs', 'cronjobs']]);
    expect([policy, binding].map((it) => it.at('metadata', 'namespace').exists)).toEqual([false, false]);
  });

  it('refuses to be without a namespace', () => {
    expect(() => new AdmissionPolicy(new Chart(new App(), 'bootstrap'), 'policy')).toThrow(
      'bootstrap/policy: the namespace is missing',
    );
  });
});

describe('the policy’s patterns of credentials', () => {
  const judges = credentialJudge();

  it('agree with the judgement at synth on names in capitals, with a literal', () => {
    const words =
      'DB PASSWORD PASS TOKEN API KEY KEYS PRIVATE SORT SECRET OLD NEXT 2 PUBLIC TTL PWD SALT ROUNDS NAME'.split(' ');
    const name = fc
      .tuple(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }), fc.constantFrom('_', '.', '-'))
      .map(([parts, separator]) => parts.join(separator));
    fc.assert(
      fc.property(name, (it) => {
        expect(judges(it, 'hunter2')).toBe(looksLikeCredential(it, 'hunter2') !== undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('agree with it on values made of references, escapes, URLs and pairs', () => {
    const text = fc
      .array(fc.constantFrom('$(DB_PASS)', '$$', '$$(X)', '$', 'user', ' ', 'hunter2', '/', 'true'), { maxLength: 4 })
      .map((parts) => parts.join(''));
    const value = fc.oneof(
      text,
      fc.tuple(text, text).map(([user, password]) => `postgresql://${user}:${password}@host/db`),
      fc.tuple(text, text).map(([before, password]) => `${before}?password=${password}&ssl=true`),
      fc.tuple(text, text).map(([one, two]) => `nats://a:${one}@one,b:${two}@two`),
    );
    fc.assert(
      fc.property(fc.constantFrom('DATABASE_URL', 'DB_PASS', 'COOKIE_NAME'), value, (name, literal) => {
        expect(judges(name, literal)).toBe(looksLikeCredential(name, literal) !== undefined);
      }),
      { numRuns: 3_000 },
    );
  });

  it('are none that RE2 cannot read', () => {
    for (const pattern of patterns()) expect(pattern).not.toMatch(/\(\?[=!<]|\\[1-9]|'/);
  });
});

/** The patterns in the order in which the expression uses them. */
function patterns(): readonly string[] {
  const variables = synth().object('ValidatingAdmissionPolicy/shop-workloads').at('spec', 'variables').items;
  const credentials = variables.find((variable) => variable.at('name').text === 'credentials');
  return [...(credentials?.at('expression').text ?? '').matchAll(/r'([^']*)'/g)].map(([, pattern = '']) => pattern);
}

/** What the expression says, by the same patterns; test/cluster asks the server itself. */
function credentialJudge(): (name: string, value: string) => boolean {
  const [shapes, texts, secret, open, reference, harmless] = patterns().map((pattern) => new RegExp(pattern));
  return (name, value) =>
    shapes?.test(value) === true ||
    texts?.test(value.toLowerCase()) === true ||
    (secret?.test(name.toUpperCase()) === true &&
      open?.test(name.toUpperCase()) === false &&
      reference?.test(value) === false &&
      harmless?.test(value.toLowerCase()) === false);
}
