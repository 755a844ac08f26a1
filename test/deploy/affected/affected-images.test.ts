import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { affectedImages, allAffected } from '../../../deploy/affected/affected-images.ts';
import { bundleGraphs, type BundleGraph } from '../../../deploy/affected/bundle-graph.ts';
import { serviceRecipe, WEB_RECIPE } from '../../../deploy/images/image-recipes.ts';

const RECIPES = [serviceRecipe('orders'), serviceRecipe('bills'), WEB_RECIPE];
const ENTRIES = ['services/orders/main.ts', 'services/bills/main.ts'];
const WEB = { files: new Set(['web/src/main.ts']), publicFolder: 'web/public' };
const BEFORE = {
  'package.json': '{ "type": "module", "sideEffects": false }',
  'services/orders/main.ts': "import { log, price } from '../runtime.ts'; log(price);",
  'services/bills/main.ts': "import { log } from '../runtime.ts'; log('bills');",
  'services/runtime.ts': "export { log } from './log.ts'; export { net as price } from './prices.ts';",
  'services/log.ts': 'export function log(text: string): void { process.stdout.write(text); }',
  'services/prices.ts': "export const net = 'net'; export const gross = 'gross';",
};
let folder: string;

beforeEach(() => {
  mkdirSync('build', { recursive: true });
  folder = mkdtempSync(join('build', 'affected-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function graphs(
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, BundleGraph>> {
  const root = resolve(folder, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return await bundleGraphs(root, ENTRIES);
}

/** Reasons by image when the files become others. */
async function reasons(changes: Readonly<Record<string, string>>, others: readonly string[] = []) {
  const base = await graphs('base', BEFORE);
  const head = await graphs('head', { ...BEFORE, ...changes });
  const affected = affectedImages(RECIPES, [...Object.keys(changes), ...others], { base, head, web: WEB });
  return Object.fromEntries(
    [...affected].map(([image, found]) => [image, found.map(({ file, why }) => `${file}: ${why}`)]),
  );
}

it('names the services that import a changed file, and the way to it', async () => {
  expect(
    await reasons({ 'services/log.ts': 'export function log(text: string): void { process.stderr.write(text); }' }),
  ).toEqual({
    orders: ['services/log.ts: is imported: services/orders/main.ts → services/runtime.ts → services/log.ts'],
    bills: ['services/log.ts: is imported: services/bills/main.ts → services/runtime.ts → services/log.ts'],
    web: [],
  });
});

it('leaves a service alone that imports the module but none of the changed code', async () => {
  const { orders, bills } = await reasons({
    'services/prices.ts': "export const net = 'NET'; export const gross = 'gross';",
  });
  expect(orders).toHaveLength(1);
  expect(bills).toEqual([]);
});

it('sees a module that passes on another name, though no file of the bundle changed', async () => {
  const { orders, bills } = await reasons({
    'services/runtime.ts': "export { log } from './log.ts'; export { gross as price } from './prices.ts';",
  });
  expect(orders).toEqual(['services/runtime.ts: changes the imports, and so the bundle']);
  expect(bills).toEqual([]);
});

it('counts code that was in the bundle before and no longer is', async () => {
  const main = "import { log } from '../runtime.ts'; log('none');";
  const { orders } = await reasons({ 'services/orders/main.ts': main }, ['services/prices.ts']);
  expect(orders).toEqual([
    'services/orders/main.ts: is its entry point',
    'services/prices.ts: was imported: services/orders/main.ts → services/runtime.ts → services/prices.ts',
  ]);
});

it.each(['docs/messages.md', 'services/orders/README.md', 'test/services/orders.test.ts', 'dist/20-orders.yaml'])(
  'finds that %s affects none',
  async (file) => {
    expect(await reasons({}, [file])).toEqual({ orders: [], bills: [], web: [] });
  },
);

it.each(['package-lock.json', '.npmrc', '.dockerignore'])('makes every image anew for %s', async (file) => {
  const found = await reasons({}, [file]);
  expect(Object.values(found).map((lines) => lines.length)).toEqual([1, 1, 1]);
});

it('makes an image anew for its recipe and for what is copied into the page', async () => {
  const found = await reasons({}, ['deploy/images/web/nginx.conf', 'web/public/icon.svg', 'web/src/main.ts']);
  expect(found).toEqual({
    orders: [],
    bills: [],
    web: [
      'deploy/images/web/nginx.conf: is part of the image build',
      'web/public/icon.svg: is copied into the page',
      'web/src/main.ts: is in the page',
    ],
  });
});

it('makes a new service, and every service whose earlier files do not bundle', async () => {
  const head = await graphs('head', BEFORE);
  const withoutBills = new Map([...head].filter(([entry]) => !entry.includes('bills')));
  const fresh = affectedImages(RECIPES, ['services/bills/main.ts'], { base: withoutBills, head, web: WEB });
  expect(fresh.get('bills')).toEqual([{ file: 'services/bills/main.ts', why: 'is new' }]);
  expect(fresh.get('orders')).toEqual([]);
  const blind = affectedImages(RECIPES, ['services/bills/main.ts'], { base: undefined, head, web: WEB });
  expect([...blind].filter(([, found]) => found.length > 0).map(([image]) => image)).toEqual(['orders', 'bills']);
});

it('makes everything when it cannot be told what changed', () => {
  const all = allAffected(RECIPES, 'the clone is shallow');
  expect([...all.keys()]).toEqual(['orders', 'bills', 'web']);
  expect(all.get('web')).toEqual([{ file: undefined, why: 'the clone is shallow' }]);
});
