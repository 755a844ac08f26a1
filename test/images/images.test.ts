/** The images of services and of the web, built here and run as their pods run them. */
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auth, media, SERVICES } from '#catalog';
import { authApi } from '#contracts';
import { freePort } from '#local';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { startServiceStores, type ServiceStores } from '../support/service-stores.ts';
import { buildahProblem, buildImage, nginxBase, nodeBase } from './buildah.ts';
import { imageConfig, startContainer, type ContainerPlan, type RunningContainer } from './container.ts';

const problem = buildahProblem();
if (problem !== undefined) process.stderr.write(`NOT RUN: images are not built here: ${problem}\n`);
const SERVICE_UID = 65532;
const WEB_UID = 101;
const WEB_PORT = 8080;

let running: RunningContainer[] = [];
afterEach(async () => {
  for (const container of running) await container.remove();
  running = [];
});

async function start(plan: ContainerPlan): Promise<RunningContainer> {
  const container = await startContainer(plan);
  running.push(container);
  return container;
}

async function untilOk(container: RunningContainer, url: string): Promise<void> {
  await eventually(async () => {
    if (!container.process.running) throw new Error(`ended before it answered:\n${container.process.output}`);
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(await answer.text());
  }, 60_000);
}

describe.skipIf(problem !== undefined)('the image of a service', () => {
  let stores: ServiceStores;
  let data: string;
  const images = new Map<string, string>();

  beforeAll(async () => {
    stores = await startServiceStores();
    await stores.provision();
    const NODE_IMAGE = await nodeBase();
    const build = async (SERVICE: string): Promise<string> =>
      await buildImage(SERVICE, 'deploy/images/service', { NODE_IMAGE, SERVICE, REVISION: 'abc' });
    for (const { name } of SERVICES) images.set(name, await build(name));
    data = mkdtempSync(join(tmpdir(), 'media-data-'));
    chownSync(data, SERVICE_UID, SERVICE_UID);
  });
  afterAll(async () => {
    await stores.stop();
    rmSync(data, { recursive: true });
  });

  async function runService(declaration: (typeof SERVICES)[number]) {
    const image = imageOf(declaration.name);
    const mounts: Record<string, string> = declaration === media ? { '/data': data } : {};
    const port = await freePort();
    const env = { ...stores.env(declaration), HOST: '127.0.0.1', PORT: String(port) };
    const container = await start({ image, uid: SERVICE_UID, env, mounts });
    const url = `http://127.0.0.1:${port}`;
    await untilOk(container, `${url}/readyz`);
    return { container, url };
  }

  function imageOf(service: string): string {
    const image = images.get(service);
    if (image === undefined) throw new Error(`no image of ${service} was built`);
    return image;
  }

  it('says the number of its user, its entry and where it comes from', async () => {
    const config = await imageConfig(imageOf('auth'));
    expect(config.User).toBe(`${SERVICE_UID}:${SERVICE_UID}`);
    expect(config.Entrypoint).toEqual(['node', '--enable-source-maps', '--max-semi-space-size=16', '/app/main.mjs']);
    expect(config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'auth',
      'org.opencontainers.image.revision': 'abc',
    });
  });

  it.each(SERVICES.map((declaration) => [declaration.name, declaration] as const))(
    '%s: serves as process 1, as that user, on a root that is read-only, and ends cleanly when asked',
    async (service, declaration) => {
      const { container, url } = await runService(declaration);
      expect(container.program()).toEqual({ name: 'node', uids: Array(4).fill(SERVICE_UID), pid: 1 });
      expect((await fetch(`${url}/livez`)).status).toBe(200);
      expect(await (await fetch(`${url}/api/${service}/version`)).json()).toEqual({ service, version: '1.2.3-test' });
      expect(await container.stop('SIGTERM')).toBe(0);
    },
  );

  it('hashes a password by the native package that it carries', async () => {
    const { url } = await runService(auth);
    const person = { email: 'ada@example.org', handle: 'ada', displayName: 'Ada', password: 'a long enough secret' };
    const answer = await new ApiClient(url, authApi).send('signUp', { body: person });
    expect(answer.status).toBe(201);
  });

  it('holds the bundle, and neither npm nor the sources', async () => {
    const { container } = await runService(auth);
    const has = (path: string): boolean => existsSync(join(container.root, path));
    expect(['app/main.mjs', 'app/auth.mjs.map', 'app/node_modules/@node-rs/argon2'].filter(has)).toHaveLength(3);
    expect(
      ['usr/local/bin/npm', 'usr/local/lib/node_modules', 'source', 'app/node_modules/express'].filter(has),
    ).toEqual([]);
    expect(statSync(join(container.root, 'app/main.mjs')).uid).toBe(0);
  });

  it('holds ffmpeg where media starts it, and nowhere else', async () => {
    for (const declaration of [media, auth]) {
      const { container } = await runService(declaration);
      const found = ['usr/bin/ffmpeg', 'usr/bin/ffprobe'].filter((path) => existsSync(join(container.root, path)));
      expect(found).toHaveLength(declaration === media ? 2 : 0);
    }
  });
});

describe.skipIf(problem !== undefined)('the image of the web', () => {
  let image: string;

  beforeAll(async () => {
    const bases = { NODE_IMAGE: await nodeBase(), NGINX_IMAGE: await nginxBase() };
    image = await buildImage('web', 'deploy/images/web', bases);
  });

  it('serves the page by the configuration that the manifest mounts, unprivileged and on a root that is read-only', async () => {
    const port = await freePort();
    const folder = webConfig(port);
    try {
      const container = await start({ image, uid: WEB_UID, mounts: { '/etc/nginx/conf.d': folder } });
      const url = `http://127.0.0.1:${port}`;
      await untilOk(container, `${url}/livez`);
      expect(container.program()).toEqual({ name: 'nginx', uids: Array(4).fill(WEB_UID), pid: 1 });
      const page = await fetch(`${url}/watch/some-video`);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
      const [, script = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(await page.text()) ?? [];
      const code = await fetch(`${url}${script}`);
      expect(code.headers.get('content-type')).toMatch(/javascript/);
      expect(code.headers.get('cache-control')).toContain('immutable');
      expect(await (await fetch(`${url}/config.js`)).text()).toContain('__CONFIG__');
      expect((await fetch(`${url}/api/auth/session`)).status).toBe(404);
      expect(await container.stop('SIGQUIT')).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The web's ConfigMap as a folder, on a port that is free here. */
function webConfig(port: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'web-config-'));
  const objects = parseAllDocuments(readFileSync('dist/30-web.yaml', 'utf8')).map(
    (one) => one.toJS() as { readonly kind: string; readonly data?: Readonly<Record<string, string>> },
  );
  for (const [name, text] of Object.entries(objects.find(({ kind }) => kind === 'ConfigMap')?.data ?? {})) {
    writeFileSync(join(folder, name), text.replaceAll(String(WEB_PORT), String(port)));
  }
  chmodSync(folder, 0o755);
  return folder;
}
