import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchCommands } from '../../src/local/command-watch.ts';
import { runDemo } from '../../src/local/demo.ts';
import { startLocalPlatform, type LocalEvent, type LocalPlatform, type LocalSettings } from '#local';

const SERVICE = 'test/local/fixtures/echo-service.mjs';

let folder: string;
let file: string;
let platform: LocalPlatform;
let settings: LocalSettings;
const events: LocalEvent[] = [];

/** Manifests without any store: only the one service that keeps files. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watch-test-'));
  file = join(folder, 'service.mjs');
  copyFileSync(SERVICE, file);
  mkdirSync(join(folder, 'dist'));
  copyFileSync('test/local/fixtures/dist/21-files.yaml', join(folder, 'dist', '21-files.yaml'));
  copyFileSync('test/local/fixtures/dist/90-edge.yaml', join(folder, 'dist', '90-edge.yaml'));
  const script = `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'demo'))}, process.env.PUBLIC_ORIGIN)`;
  settings = {
    demo: [process.execPath, '-e', script],
    images: { files: { command: [process.execPath, file] }, web: { command: ['web'], requires: join(folder, 'none') } },
  };
  platform = await startLocalPlatform({ dist: join(folder, 'dist'), settings, onEvent: (event) => events.push(event) });
});
afterEach(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true });
});

it('restarts the instances of a workload whose file changed', async () => {
  const instance = platform.instance('files-0');
  const { pid } = instance;
  watchCommands(settings, platform, () => undefined, new AbortController().signal);
  writeFileSync(file, readFileSync(file, 'utf8').replace("?? 'files'", "?? 'changed'"));
  await instance.untilState((state) => state !== 'ready');
  await instance.untilReady();
  expect(instance.pid).not.toBe(pid);
  const answer = await fetch(`${platform.url}/api/files/x`);
  expect(await answer.json()).toEqual({ pod: 'changed', method: 'GET' });
});

it('ends what builds again when it is stopped', async () => {
  const lines: string[] = [];
  const script =
    "process.on('SIGTERM', () => { console.log('ended'); process.exit() }); console.log('begun'); setInterval(() => {}, 1e6)";
  const stopping = new AbortController();
  const onEvent = (event: LocalEvent): void => void (event.event === 'notice' && lines.push(event.text));
  const buildWatch = [process.execPath, '-e', script] as const;
  watchCommands({ ...settings, buildWatch }, platform, onEvent, stopping.signal);
  await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['build | begun']);
  stopping.abort();
  await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['build | begun', 'build | ended']);
});

it('runs the demo command with the address of the platform', async () => {
  await runDemo(settings, platform, () => undefined);
  expect(readFileSync(join(folder, 'demo'), 'utf8')).toBe(platform.url);
});

it('says what the demo command said when it fails', async () => {
  const demo = [process.execPath, '-e', "console.error('no video'); process.exit(1)"] as const;
  await expect(runDemo({ ...settings, demo }, platform, () => undefined)).rejects.toThrow(/failed:\nno video/);
});
