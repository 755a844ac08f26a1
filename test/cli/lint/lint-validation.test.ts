import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { App, Chart, JsonPatch } from 'cdk8s';
import { LintValidation, NatsMicroservice, type LintValidationProps, type LintViolation } from '#cdk8s-nats';
import { podWith } from './linting.ts';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-plugin-'));
const file = join(folder, 'shop.k8s.yaml');

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function report(text: string, props?: LintValidationProps) {
  writeFileSync(file, text);
  const violations: LintViolation[] = [];
  const statuses: string[] = [];
  await new LintValidation(props).validate({
    manifests: [file],
    report: {
      addViolation: (violation) => violations.push(violation),
      submit: (status) => statuses.push(status),
    },
  });
  return { violations, statuses };
}

const FAULTY = podWith("env: [{name: A, value: '$(B)'}, {name: B, value: x}, {name: PIN_PASSWORD, value: hunter22}]");

describe('the validation plugin', () => {
  it('fails with one violation a rule, which names object, place and way out', async () => {
    const { violations, statuses } = await report(FAULTY);
    expect(statuses).toEqual(['failure']);
    expect(violations.map(({ ruleName }) => ruleName)).toEqual(['env-late', 'env-credential']);
    expect(violations[0]?.violatingResources).toEqual([
      {
        resourceName: 'shop',
        manifestPath: file,
        locations: [expect.stringMatching(/^7:\d+ store\/Pod\/shop container main: .*put B before A$/)],
      },
    ]);
    expect(JSON.stringify(violations)).not.toContain('hunter22');
  });

  it('names the object with its kind where another one has the name, which cdk8s-cli would name instead', async () => {
    const { violations } = await report(
      `${FAULTY}---\n{apiVersion: v1, kind: Service, metadata: {name: shop}, spec: {ports: [{port: 80}]}}\n`,
    );
    expect(violations[0]?.violatingResources.map(({ resourceName }) => resourceName)).toEqual(['Pod/shop']);
  });

  it('names the construct of an object whose name others of its service have', async () => {
    const app = new App({ outdir: folder, recordConstructMetadata: true });
    const chart = new Chart(app, 'store', { namespace: 'store', disableResourceNameHashes: true });
    const { deployment } = new NatsMicroservice(chart, 'orders', { image: 'registry.example/orders:1.0.0' });
    deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/0/workingDirectory', '/srv'));
    app.synth();
    // as cdk8s-cli reads them: the last object of a name wins
    const recorded = JSON.parse(readFileSync(join(folder, 'construct-metadata.json'), 'utf8')) as {
      readonly resources: Record<string, { readonly path: string }>;
    };
    const metadata = recorded.resources;
    expect(metadata['orders']?.path).not.toBe('store/orders/deployment');
    const named: (string | undefined)[] = [];
    const addViolation = ({ violatingResources }: LintViolation): void => {
      named.push(...violatingResources.map(({ resourceName }) => metadata[resourceName]?.path));
    };
    const report = { addViolation, submit: () => undefined };
    await new LintValidation().validate({ manifests: [join(folder, 'store.k8s.yaml')], metadata, report });
    expect(named).toEqual(['store/orders/deployment']);
  });

  it('succeeds when nothing is found, or what is found was disabled', async () => {
    expect(await report(podWith('image: x'))).toEqual({ violations: [], statuses: ['success'] });
    expect((await report(FAULTY, { disable: ['env-late', 'env-credential'] })).statuses).toEqual(['success']);
  });

  it('throws on a rule that there is not, and on a manifest that cannot be read', async () => {
    await expect(report(FAULTY, { enable: ['env-latte'] })).rejects.toThrow('unknown rule env-latte');
    await expect(report('a: [1\nb: }')).rejects.toThrow(/shop\.k8s\.yaml:\d+:\d+: is not YAML/);
  });
});
