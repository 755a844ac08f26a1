import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { k3s, platformApps } from '#video-platform';
import { SERVICES } from '#catalog';
import {
  changedReferences,
  readReferences,
  referencesInFolder,
  referencesInWords,
  withBuilt,
} from '../../deploy/images/image-references.ts';

const DIGEST = `sha256:${'3f'.repeat(32)}`;
const QUEUE = `registry.example/video-service/queue:5d41402abc4b@${DIGEST}`;

it('names an image for each service of the catalog and for the web, and no other', () => {
  expect(Object.keys(readReferences()).sort()).toEqual([...SERVICES.map(({ name }) => name), 'web'].sort());
});

it('replaces what was built and leaves every other reference', () => {
  const before = readReferences();
  const after = withBuilt(before, { queue: QUEUE });
  expect(changedReferences(before, after)).toEqual(['queue']);
  expect(after['queue']).toBe(QUEUE);
  expect(Object.keys(after)).toEqual(Object.keys(before));
});

it('reads what a matrix of builds left, and words', () => {
  const folder = mkdtempSync(join(tmpdir(), 'references-'));
  try {
    writeFileSync(join(folder, 'queue'), `${QUEUE}\n`);
    expect(referencesInFolder(folder)).toEqual({ queue: QUEUE });
    expect(referencesInWords([`queue=${QUEUE}`])).toEqual({ queue: QUEUE });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('tells every fault of what was built at once', () => {
  const built = { queue: 'registry.example/queue:latest', quue: QUEUE, auth: 'registry.example/auth@sha256:12' };
  expect(() => withBuilt(readReferences(), built)).toThrow(
    /queue: .*latest is a moving tag.*\nquue is not an image of the platform: it has auth, .*\nauth: .*digest is not sha256/s,
  );
  expect(() => referencesInWords(['queue'])).toThrow('"queue" is not <image>=<reference>');
});

it('changes in the manifests the image and the version of the built service alone', () => {
  const text = (images: typeof k3s.images): Map<string, string> => {
    const { deployed } = platformApps({ ...k3s, images }, 'build/references');
    return new Map(deployed.charts.map((chart) => [chart.node.id, JSON.stringify(chart.toJson(), undefined, 1)]));
  };
  const before = text(k3s.images);
  const after = text({ ...k3s.images, queue: QUEUE });
  const lines = [...after].flatMap(([chart, json]) => {
    const old = before.get(chart)?.split('\n') ?? [];
    return json.split('\n').flatMap((line, i) => (line === old[i] ? [] : [`${chart}: ${line.trim()}`]));
  });
  expect(lines).toEqual(['24-queue: "value": "5d41402abc4b"', `24-queue: "image": "${QUEUE}",`]);
});
