import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { expect, it } from 'vitest';

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
interface ManifestObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

const read = (file: string): ManifestObject[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as ManifestObject);
const access = read('deploy/runners/access.yaml');
const values = parse(readFileSync('deploy/runners/values.yaml', 'utf8')) as {
  readonly runnerScaleSetName: string;
  readonly template: { readonly spec: { readonly serviceAccountName: string } };
};

it('binds the runners to the roles of the deployer that are synthesized, and to no other', () => {
  const roles = read('dist/bootstrap/10-deployer.yaml').filter(({ kind }) => kind.endsWith('Role'));
  const place = ({ kind, metadata }: ManifestObject) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  const bound = access
    .filter(({ roleRef }) => roleRef !== undefined)
    .map(({ roleRef, metadata }) => `${String(roleRef?.kind)} ${metadata.namespace ?? ''}/${String(roleRef?.name)}`);
  expect(bound.sort()).toEqual(roles.map(place).sort());
});

it('binds the account that the runners run as', () => {
  const { serviceAccountName } = values.template.spec;
  const account = access.find(({ kind }) => kind === 'ServiceAccount')?.metadata;
  expect(account?.name).toBe(serviceAccountName);
  for (const { subjects } of access.filter(({ roleRef }) => roleRef !== undefined)) {
    expect(subjects).toEqual([{ kind: 'ServiceAccount', ...account }]);
  }
});

it('names the scale set as the workflow that deploys asks for it', () => {
  const workflow = parse(readFileSync('.github/workflows/deploy.yml', 'utf8')) as {
    readonly jobs: { readonly deploy: { readonly 'runs-on': string } };
  };
  expect(values.runnerScaleSetName).toBe(workflow.jobs.deploy['runs-on']);
});
