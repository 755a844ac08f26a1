import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { readObjects, textSources } from '#manifest-source';
import { manifestSet } from '#manifests';
import type { ManifestObject } from '#manifests';
import { accessAnswer, accessFaults, neededAccess, reviews } from '../../../src/deploy/preflight/access.ts';
import { readDesiredState } from '../../../src/deploy/desired-state.ts';

const state = await readDesiredState('dist');

describe('access', () => {
  it('asks for exactly what dist/bootstrap grants', async () => {
    const granted = (await bootstrapRoles()).flatMap(rulesOf).sort();
    const needed = neededAccess(state, { prunes: true }).map(
      ({ group, resource, name, verb }) => `${group} ${resource} ${name ?? '*'} ${verb}`,
    );
    expect(needed.sort()).toEqual(granted);
  });

  it('needs neither delete nor the search for leftovers unless it prunes', () => {
    const verbs = new Set(neededAccess(state, { prunes: false }).map(({ verb }) => verb));
    expect(verbs).not.toContain('delete');
  });

  it('asks one review for each, the sub-resource apart and cluster-wide ones without a namespace', () => {
    const needed = neededAccess(state, { prunes: false });
    const asked = documentsOf(reviews(needed, 'shop'));
    expect(asked).toHaveLength(needed.length + 1);
    const attributes = asked.map((it) => (it as Review).spec?.resourceAttributes);
    expect(attributes).toContainEqual({
      group: '',
      resource: 'pods',
      subresource: 'log',
      verb: 'get',
      namespace: 'shop',
    });
    expect(attributes).toContainEqual({
      ...{ group: 'networking.k8s.io', resource: 'ingressclasses', name: 'traefik', verb: 'get' },
    });
  });

  it('names account, verb, resource and the step that would have failed', () => {
    const needed = neededAccess(state, { prunes: false });
    const answers = needed.map(({ resource, verb }) => ({
      status: { allowed: resource !== 'pods' || verb !== 'watch' },
    }));
    const out = [{ status: { userInfo: { username: 'ci' } } }, ...answers].map((it) => stringify(it)).join('---\n');
    expect(accessFaults(needed, accessAnswer(out, needed))).toMatchObject([
      {
        object: 'pods',
        reason: 'missing-right',
        message: 'ci may not watch it, but the wait for the rollout needs that',
      },
    ]);
  });

  it('refuses an answer with fewer reviews than questions', () => {
    expect(() => accessAnswer('status: {}\n', neededAccess(state, { prunes: false }))).toThrow(/answered 0 of/);
  });
});

interface Review {
  readonly spec?: { readonly resourceAttributes: unknown };
}

function documentsOf(text: string): readonly unknown[] {
  return (parseAllDocuments(text) as { toJS: () => unknown }[]).map((it) => it.toJS());
}

async function bootstrapRoles(): Promise<readonly ManifestObject[]> {
  const set = manifestSet(await readObjects(await textSources(['dist/bootstrap/10-deployer.yaml'], process.stdin)));
  return [...set.ofKind('Role'), ...set.ofKind('ClusterRole')];
}

function rulesOf(role: ManifestObject): readonly string[] {
  const texts = (rule: { at: (key: string) => { items: readonly { text: string | undefined }[] } }, key: string) =>
    rule.at(key).items.map(({ text }) => text ?? '');
  return role.root.at('rules').items.flatMap((rule) => {
    const names = texts(rule, 'resourceNames');
    return texts(rule, 'apiGroups').flatMap((group) =>
      texts(rule, 'resources').flatMap((resource) =>
        (names.length === 0 ? ['*'] : names).flatMap((name) =>
          texts(rule, 'verbs').map((verb) => `${group} ${resource} ${name} ${verb}`),
        ),
      ),
    );
  });
}
