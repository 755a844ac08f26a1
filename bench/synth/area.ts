/**
 * Synthesis against kustomize and helm. All make the same objects (looked at before anything is measured), each in the way
 * that its users would write them: cdk8s with one chart a service, kustomize with a base and an overlay a service, helm with
 * one template for all services.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleCommandLine } from '../../build-tools/library/command-line-bundle.ts';
import type { AreaResult, BenchArea, BenchOptions, Claim, Series } from '../frame/result.ts';
import { processRounds, type Contender } from '../frame/rounds.ts';
import { writeHelmChart } from './helm-chart.ts';
import { writeKustomization } from './kustomization.ts';
import { objectsBelow, readObjects, sameObjects, type KubeObject } from './objects.ts';
import { helm, kustomize, nodes, type NodeBinary, type Peer } from './peers.ts';

const WORK = 'build/bench/synth';
/** The published command. */
const COMMAND_LINE = 'build/cli';
const SYNTH = [`${COMMAND_LINE}/cdk8s-nats.mjs`, 'synth'] as const;
const SHOP = 'examples/shop/charts/main.ts';
const INITIAL = join(WORK, 'initial', 'main.ts');
const CDK8S = ['npx', 'cdk8s', 'synth', '--check-upgrade=false'] as const;
const SERVICES = ['auth', 'user', 'video', 'media', 'queue', 'stats', 'notif'];
/** Services of the larger apps, and rounds of each. */
const LARGER = [
  { count: 70, rounds: 9 },
  { count: 700, rounds: 5 },
  { count: 7000, rounds: 3 },
] as const;
const MANY = 'bench/synth/many-services.ts';
const SEVEN_ROUNDS = 15;
const OTHER_ROUNDS = 7;
const OTHERS = { 'examples/shop': SHOP, 'app of cdk8s init': INITIAL } as const;
const INITIAL_APP = `
import { App, ApiObject, Chart } from 'cdk8s';
const app = new App();
new ApiObject(new Chart(app, 'hello'), 'config', { apiVersion: 'v1', kind: 'ConfigMap', data: { text: 'hello' } });
app.synth();
`;
const WITHOUT_HELM = 7000;

export const synthArea: BenchArea = {
  async run(options: BenchOptions): Promise<AreaResult> {
    rmSync(WORK, { recursive: true, force: true });
    const [kubectl, helmBinary] = [kustomize(), helm()];
    await bundleCommandLine(COMMAND_LINE);
    const series = [...(await sevenServices(options, kubectl, helmBinary)), ...(await otherApps(options))];
    for (const { count, rounds } of LARGER) series.push(...(await manyServices(count, rounds, options, helmBinary)));
    return {
      area: 'synth',
      series,
      claims: claims(),
      versions: {
        ...Object.fromEntries(
          nodes().map(({ name, path }) => [name, path === process.execPath ? 'this one' : 'given']),
        ),
        ...Object.fromEntries(
          [kubectl, helmBinary].flatMap((peer) => (peer === undefined ? [] : [[peer.name, peer.version]])),
        ),
      },
      notes: [
        'CPU: user and system time of the process and its children; the first, unmeasured run of cdk8s-nats synth bundles the app',
        '`cdk8s synth` is npx, the command line of cdk8s, and tsx; `npm run synth` is npm, tsx, the synthesis and the picture',
        ...(kubectl === undefined ? ['kubectl is not installed: nothing was measured against kustomize'] : []),
        ...(helmBinary === undefined
          ? [
              'helm is not installed (PATH, or BENCH_HELM): nothing was measured against it; go install helm.sh/helm/v3/cmd/helm@latest',
            ]
          : []),
      ],
    };
  },
};

async function sevenServices(
  options: BenchOptions,
  kubectl: Peer | undefined,
  helmBinary: Peer | undefined,
): Promise<readonly Series[]> {
  const objects = objectsBelow('dist');
  const peers = peerContenders('seven', objects, SERVICES, kubectl, helmBinary);
  return await processRounds(
    '7 services',
    [
      ...nodes().map(({ name, path }) => ({ name: `cdk8s-nats synth, ${name}`, command: [path, ...SYNTH] })),
      ...peers,
      { name: 'npm run synth', command: ['npm', 'run', '--silent', 'synth'] },
      { name: 'cdk8s synth', command: CDK8S },
    ],
    options.rounds ?? SEVEN_ROUNDS,
    options,
  );
}

/** Apps of others: the example, and one that `cdk8s init` makes. */
async function otherApps(options: BenchOptions): Promise<readonly Series[]> {
  mkdirSync(dirname(INITIAL), { recursive: true });
  writeFileSync(INITIAL, INITIAL_APP);
  const series: Series[] = [];
  for (const [title, entry] of Object.entries(OTHERS)) {
    const ours = nodes().map(({ name, path }) => ({
      name: `cdk8s-nats synth, ${name}`,
      command: [path, ...SYNTH, entry, '--output', join(WORK, 'ours')],
    }));
    const theirs = [...CDK8S, '--app', `node --import tsx ${entry}`, '--output', join(WORK, 'theirs')];
    for (const { command } of ours) run(command[0] ?? '', command.slice(1));
    series.push(
      ...(await processRounds(
        title,
        [...ours, { name: 'cdk8s synth', command: theirs }],
        options.rounds ?? OTHER_ROUNDS,
        options,
      )),
    );
  }
  return series;
}

async function manyServices(
  count: number,
  rounds: number,
  options: BenchOptions,
  helmBinary: Peer | undefined,
): Promise<readonly Series[]> {
  const folder = join(WORK, `many-${count}`);
  const newest = nodes().at(-1);
  if (newest === undefined) throw new Error('no Node was found: this process runs in one');
  const contenders = CHECKS.map((checks) => ({
    name: manyName(newest, checks),
    command: [newest.path, ...SYNTH, MANY, '--output', join(folder, 'dist'), '--', String(count), checks],
  }));
  for (const { command } of contenders) run(newest.path, command.slice(1));
  const names = Array.from({ length: count }, (_, index) => `service-${index}`);
  const peers =
    count >= WITHOUT_HELM
      ? []
      : peerContenders(`many-${count}`, objectsBelow(join(folder, 'dist')), names, undefined, helmBinary);
  return await processRounds(`${count} services`, [...contenders, ...peers], options.rounds ?? rounds, options);
}

/** With the checks across objects, which helm has not, and without them. */
const CHECKS = ['checked', 'unchecked'] as const;

function manyName({ name }: Pick<NodeBinary, 'name'>, checks: (typeof CHECKS)[number]): string {
  return `one chart a service, ${checks}, ${name}`;
}

/** Writes what the peers read, and looks whether they give the same objects. */
function peerContenders(
  title: string,
  objects: readonly KubeObject[],
  services: readonly string[],
  kubectl: Peer | undefined,
  helmBinary: Peer | undefined,
): readonly Contender[] {
  const contenders: Contender[] = [];
  if (kubectl !== undefined) {
    const folder = join(WORK, title, 'kustomize');
    writeKustomization(folder, objects, services);
    contenders.push({ name: kubectl.name, command: [kubectl.path, 'kustomize', folder] });
  }
  if (helmBinary !== undefined) {
    const folder = join(WORK, title, 'chart');
    writeHelmChart(folder, objects, services);
    contenders.push({ name: helmBinary.name, command: [helmBinary.path, 'template', 'bench', folder] });
  }
  for (const { name, command } of contenders) {
    const [file = '', ...words] = command;
    const differing = sameObjects(objects, readObjects(run(file, words)));
    if (differing.length > 0)
      throw new Error(`${name} gives other objects than cdk8s: ${differing.slice(0, 5).join(', ')}`);
  }
  return contenders;
}

function claims(): readonly Claim[] {
  const cpu = (title: string, contender: string): Claim['subject'] => ({ case: title, contender, metric: 'CPU' });
  const name = nodes().at(-1)?.name ?? '';
  return [
    ...['7 services', ...Object.keys(OTHERS)].flatMap((title) =>
      nodes().map(({ name: node }) => ({
        subject: cpu(title, `cdk8s-nats synth, ${node}`),
        against: cpu(title, 'cdk8s synth'),
        bound: { atMost: 0.25 },
      })),
    ),
    ...nodes().flatMap(({ name, major }) => {
      const subject = cpu('7 services', `cdk8s-nats synth, ${name}`);
      return [
        { subject, against: cpu('7 services', 'kubectl kustomize'), bound: { atMost: major < 22 ? 1 : 0.6 } },
        ...(major < 22 ? [] : [{ subject, against: cpu('7 services', 'helm template'), bound: { atMost: 1 } }]),
      ];
    }),
    ...[70, 700].flatMap((count) =>
      CHECKS.map((checks) => ({
        subject: cpu(`${count} services`, manyName({ name }, checks)),
        against: cpu(`${count} services`, 'helm template'),
        bound: { atMost: 0.7 },
      })),
    ),
    {
      subject: cpu('7000 services', manyName({ name }, 'checked')),
      against: cpu('700 services', manyName({ name }, 'checked')),
      per: [7000, 700],
      bound: { atMost: 1.5 },
    },
  ];
}

function run(file: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(file, words, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status !== 0)
    throw new Error(`${file} ${words.join(' ')} ended with ${status}: ${error?.message ?? stderr.slice(-2000)}`);
  return stdout;
}
