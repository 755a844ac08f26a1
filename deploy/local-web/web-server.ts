/** Stands for the web's image: serves build/web as the nginx of its manifest would, headers and compression included. Takes its port. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { locationOf, readWebServerConfig } from './nginx-config.ts';

/** What nginx packs with when its configuration does not say. */
const NGINX_LEVEL = 1;
const FOLDER = 'build/web';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'application/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
};

const config = readWebServerConfig('dist/30-web.yaml');

const server = createServer((request, response) => {
  const path = pathOf(request.url ?? '/');
  if (path === undefined) return void response.writeHead(400).end();
  const location = locationOf(config, path);
  const headers: OutgoingHttpHeaders = Object.fromEntries(location?.headers ?? []);
  const { answer, alias, fallback } = location ?? {};
  if (answer !== undefined) return void response.writeHead(answer.status, headers).end(answer.text);
  const file = [join(FOLDER, path), ...(fallback === undefined ? [] : [join(FOLDER, fallback)])].find(isFile);
  const body = alias === undefined ? file && readFileSync(file) : Buffer.from(config.files[alias] ?? '');
  if (body === undefined) return void response.writeHead(404, headers).end();
  const type = String(headers['Content-Type'] ?? TYPES[extname(file ?? '')] ?? 'application/octet-stream');
  const packed = !type.startsWith('font/') && String(request.headers['accept-encoding']).includes('gzip');
  const sent = packed ? gzipSync(body, { level: NGINX_LEVEL }) : body;
  response.writeHead(200, {
    ...headers,
    'Content-Type': type,
    'Content-Length': sent.length,
    ...(packed ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : sent);
});

server.listen(Number(process.argv[2]), '127.0.0.1');
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});

/** The path that a request asks for; undefined for one that cannot be decoded, such as `/%`. */
function pathOf(url: string): string | undefined {
  try {
    return normalize(decodeURIComponent(new URL(url, 'http://web').pathname));
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
