import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { expect, it } from 'vitest';
import { k3s } from '#video-platform';
import { helmDeployer } from '../../../deploy/helm/helm-deployer.ts';

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}

const objects = objectsOf(helmDeployer(k3s));

it('takes the place of the deployer of dist/bootstrap, object by object', () => {
  const names = (all: readonly Named[]): string[] => all.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
  expect(names(objects)).toEqual(names(objectsOf(readFileSync('dist/bootstrap/10-deployer.yaml', 'utf8'))));
});

it('may keep releases, and what the chart has with more than one replica', () => {
  expect(verbsOf('secrets')).toEqual(expect.arrayContaining(['get', 'list', 'create', 'update']));
  expect(verbsOf('poddisruptionbudgets')).toEqual(expect.arrayContaining(['get', 'list', 'watch', 'create', 'patch']));
  expect(verbsOf('persistentvolumeclaims')).not.toContain('delete');
});

function objectsOf(text: string): readonly Named[] {
  return parseAllDocuments(text).map((one) => one.toJS() as Named);
}

function verbsOf(resource: string): readonly string[] {
  const role = objects.find(({ kind }) => kind === 'Role');
  return role?.rules?.find(({ resources }) => resources.includes(resource))?.verbs ?? [];
}
