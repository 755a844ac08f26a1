import { expect, it } from 'vitest';
import { routeOf } from '../../src/local/ingress-routes.ts';

const route = (path: string, exact = false) => ({ path, exact, service: path, namespace: 'shop', port: 8000 });
const routes = [route('/'), route('/api/video'), route('/api'), route('/api/video/list', true)];

it.each([
  ['/', '/'],
  ['/watch', '/'],
  ['/api/video', '/api/video'],
  ['/api/video/1', '/api/video'],
  ['/api/videos', '/api'],
  ['/api/video/list', '/api/video/list'],
  ['/api/video/list/1', '/api/video'],
])('%s goes to %s: whole segments, the longest prefix, an exact path first', (path, expected) => {
  expect(routeOf(routes, path)?.service).toBe(expected);
});

it('knows no route where no path fits', () => {
  expect(routeOf([route('/api')], '/')).toBeUndefined();
});
