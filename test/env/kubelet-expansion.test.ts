/**
 * 200 lists that Kubernetes' own code (v1.36.0) expanded; fixtures/kubelet-oracle.go says how. Also holds the independent
 * kubelet of the property tests against it.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expandArguments, expandContainerEnv, expandProbeCommand } from '#env';
import { independentEnv } from './independent-kubelet.ts';

interface Expanded {
  readonly envFrom: readonly Readonly<Record<string, string>>[];
  readonly services: Readonly<Record<string, string>>;
  readonly env: readonly { readonly name: string; readonly value: string; readonly from: string | null }[];
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly expanded: readonly string[];
  readonly probe: readonly string[];
}

const cases = JSON.parse(
  readFileSync(new URL('fixtures/kubelet-expansion.json', import.meta.url), 'utf8'),
) as readonly Expanded[];

test.each(cases.map((it, i) => [i, it] as const))('list %i expands as Kubernetes expands it', (_, it) => {
  const env = it.env.map(({ name, value, from }) => ({ name, value, valueFrom: from ?? undefined }));
  const { values } = expandContainerEnv({
    env,
    envFrom: it.envFrom,
    serviceVariables: it.services,
    resolve: ({ valueFrom }) => valueFrom,
  });
  expect(values).toEqual(it.values);
  expect(expandArguments(it.args, values)).toEqual(it.expanded);
  expect(expandProbeCommand(it.args, env)).toEqual(it.probe);
});

test('the independent kubelet expands literals as Kubernetes does', () => {
  const literal = cases.filter(({ env }) => env.every(({ from }) => from === null));
  expect(literal.length).toBeGreaterThan(50);
  for (const it of literal) expect(independentEnv(it.env, it.envFrom, it.services).values).toEqual(it.values);
});

test('references that multiply end where no process could start any more', () => {
  const doubled = Array.from({ length: 60 }, (_, index) => ({
    name: `A${index + 1}`,
    value: `$(A${index})$(A${index})`,
  }));
  const { values } = expandContainerEnv({ env: [{ name: 'A0', value: 'text' }, ...doubled] });
  expect(values['A10']).toBe('text'.repeat(1024));
  expect(Object.values(values).join('').length).toBeLessThan(20 * 1024 * 1024);
});
