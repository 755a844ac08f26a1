import { expect, it } from 'vitest';
import { buildCommands, watchSettings, type LocalSettings } from '../../src/local/local-settings.ts';

const settings: LocalSettings = {
  build: ['make', 'services'],
  images: {
    '*': { command: ['node', '{image}.mjs'] },
    web: { build: ['make', 'web'], command: ['serve'], watchCommand: ['vite'], single: true },
    admin: { build: ['make', 'admin'], command: ['serve', 'admin'] },
    absent: { build: ['make', 'absent'], command: ['absent'], requires: 'no/such/file' },
  },
};

const pod = (name: string) => ({ app: name, containers: [{ name, image: `registry.example/shop/${name}:1.0.0` }] });
const pods = ['orders', 'web', 'admin', 'absent'].map(pod);

it('builds what the settings and the image of each workload say, but no image that is left out', () => {
  expect(buildCommands(settings, pods)).toEqual([
    ['make', 'services'],
    ['make', 'web'],
    ['make', 'admin'],
  ]);
  expect(buildCommands(settings, [pod('orders'), pod('admin')])).toEqual([
    ['make', 'services'],
    ['make', 'admin'],
  ]);
  expect(buildCommands({ images: {} }, pods)).toEqual([]);
});

it('builds what the entry for all images says, where the file of the image exists', () => {
  const all = { command: ['node', '{image}.mjs'], build: ['make', '{image}'], requires: '{image}.json' } as const;
  expect(buildCommands({ images: { '*': all } }, [pod('package'), pod('no-such')])).toEqual([['make', 'package']]);
});

it('builds once what several images are made by', () => {
  const entry = { command: ['serve'], build: ['make', 'all'] } as const;
  expect(buildCommands({ build: ['make', 'all'], images: { '*': entry } }, pods)).toEqual([['make', 'all']]);
});

it('runs the watchCommand of an image with --watch instead of building it', () => {
  const watched = watchSettings(settings);
  expect(watched.images['web']).toEqual({ command: ['vite'], single: true });
  expect({ ...watched.images, web: undefined }).toEqual({ ...settings.images, web: undefined });
  expect(buildCommands(watched, pods)).toEqual([
    ['make', 'services'],
    ['make', 'admin'],
  ]);
});
