import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenForms } from '#manifests';
import { Kubectl } from '../../../src/deploy/kubectl/kubectl.ts';
import { presentKeys } from '../../../src/deploy/preflight/required-keys.ts';
import { serveSecrets, type SecretServer } from '../../cli/secrets/secret-server.ts';

const VALUES = [
  'plain',
  '5e3',
  'two words',
  'p@ss',
  '50%',
  'a+b',
  'über',
  'say "x"',
  'back\\slash',
  'line\n',
  '\u0007',
  '$(X)',
  '~._-',
];
const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-keys-'));
let server: SecretServer;

beforeAll(async () => {
  server = await serveSecrets();
  writeFileSync(join(folder, 'config'), server.kubeconfig);
  process.env['KUBECONFIG'] = join(folder, 'config');
});

afterAll(async () => {
  delete process.env['KUBECONFIG'];
  rmSync(folder, { recursive: true });
  await server.stop();
});

describe('presentKeys', () => {
  it('judges values inside kubectl as the command line judges them', async () => {
    const values = new Map(VALUES.map((value, index) => [`key-${index}`, value]));
    server.secrets.set('shop/keys', new Map([...values, ['empty', '']]));
    const kubectl = new Kubectl({ context: undefined, namespace: 'shop' }, new AbortController().signal);
    const present = await presentKeys(kubectl, 'keys');
    expect([...(present?.keys() ?? [])].sort()).toEqual([...values.keys()].sort());
    for (const [key, value] of values) {
      const broken = brokenForms(value, ['quoted', 'url']);
      expect([value, (['quoted', 'url'] as const).filter((form) => !present?.get(key)?.includes(form))]).toEqual([
        value,
        broken,
      ]);
    }
    expect(await presentKeys(kubectl, 'nobody')).toBeUndefined();
  });
});
