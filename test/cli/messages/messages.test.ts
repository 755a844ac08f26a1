import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runMessages } from '../../../src/cli/messages/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

const CATALOG = 'src/video-platform/catalog/index.ts';
// inside the project: the modules import the library by its name there
mkdirSync('build', { recursive: true });
const folder = mkdtempSync(path.join('build', 'messages-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function moduleWith(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, `import { defineTopology } from '#declare';\n${text}`);
  return file;
}

async function written(...args: readonly string[]): Promise<string> {
  const terminal = capturedTerminal();
  expect(await runMessages(args, terminal)).toBe(0);
  return terminal.written.out;
}

describe('messages', () => {
  it('writes AsyncAPI as YAML or JSON, titled by the package', async () => {
    const yaml = parse(await written(CATALOG, '--service', 'auth')) as { readonly operations: object };
    expect(yaml).toMatchObject({ asyncapi: '3.0.0', info: { title: 'cdk8s-nats' } });
    expect(Object.keys(yaml.operations)).toContain('auth.send.session.revoked.user');
    expect(JSON.parse(await written(CATALOG, '--service', 'auth', '--json'))).toEqual(yaml);
    expect(parse(await written(CATALOG, '--title', 'video', '--release', '7'))).toMatchObject({
      info: { title: 'video', version: '7' },
    });
  });

  it('writes one JSON Schema, with the payloads by their subjects', async () => {
    const { $defs } = JSON.parse(await written(CATALOG, '--format', 'json-schema', '--json')) as {
      readonly $defs: object;
    };
    expect($defs).toHaveProperty(['video.process', 'properties', 'data', 'required']);
  });

  it('reads the export that is named, where there are several', async () => {
    const two = moduleWith(
      'two.ts',
      `export const [a, b] = [1, 2].map(() => defineTopology({ streams: [], services: [] }));`,
    );
    await expect(runMessages([two])).rejects.toThrow(
      `${two} exports several topologies: choose one with --export: a, b`,
    );
    await expect(runMessages([two, '--export', 'c'])).rejects.toThrow(`${two} exports no topology c, but a, b`);
    expect(parse(await written(two, '--export', 'a'))).toMatchObject({ channels: {} });
  });

  it('takes a topology that is exported twice for one', async () => {
    const one = moduleWith(
      'one.ts',
      `export const shop = defineTopology({ streams: [], services: [] });\nexport default shop;`,
    );
    expect(parse(await written(one))).toMatchObject({ operations: {} });
  });

  it('says in one line what is wrong with its arguments', async () => {
    const none = moduleWith('none.ts', 'export const define = defineTopology;');
    await expect(runMessages([])).rejects.toThrow('messages takes one module');
    await expect(runMessages(['no.ts'])).rejects.toThrow('no.ts does not exist');
    await expect(runMessages([none])).rejects.toThrow(
      `${none} exports no topology: export what defineTopology returns`,
    );
    await expect(runMessages([CATALOG, '--service', 'nobody'])).rejects.toThrow(
      '--service is nobody, must be one of auth,',
    );
    await expect(runMessages([CATALOG, '--format', 'xml'])).rejects.toThrow(
      '--format is xml, must be one of asyncapi, json-schema',
    );
  });
});
