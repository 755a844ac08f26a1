import { expect, it } from 'vitest';
import { localizePath, localizeText } from '../../src/local/pod-volumes.ts';

const mounts = [
  { mountPath: '/data', path: '/local/data' },
  { mountPath: '/data/cache', path: '/local/cache' },
  { mountPath: '/tmp', path: '/tmp/runner/tmp' },
  { mountPath: '/etc/store', path: '/tmp/runner/config' },
];

it.each([
  ['/data', '/local/data'],
  ['/data/incoming', '/local/data/incoming'],
  ['/data/cache/a', '/local/cache/a'],
  ['/database', '/database'],
  ['see /data', 'see /data'],
])('makes the path %s local as %s', (value, local) => {
  expect(localizePath(value, mounts)).toBe(local);
});

it('makes every path in a script local, once', () => {
  const script = "run -c config=/etc/store/x.conf '/data' /tmp/a; cat /usr/data /datas";
  expect(localizeText(script, mounts)).toBe(
    "run -c config=/tmp/runner/config/x.conf '/local/data' /tmp/runner/tmp/a; cat /usr/data /datas",
  );
});
