import { describe, expect, it } from 'vitest';
import { faultsOf } from '#test-support/faults-of';

const RULES = ['postgres-mount', 'claim-permissions'];
const MOUNT = '/spec/template/spec/containers/0/volumeMounts/0';
const set = (container: string, spec = ''): string =>
  `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: pg}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {${spec} containers: [{name: pg, ${container}}]}}, volumeClaimTemplates: [{metadata: {name: data}}]}}`;
const at = (path: string, rest = ''): string => `volumeMounts: [{name: data, mountPath: ${path}${rest}}]`;
const OLD = '/var/lib/postgresql/data';

describe('PostgreSQL on a claim', () => {
  it.each([
    ['16 at its data folder', `image: 'postgres:16', ${at(OLD)}`],
    ['with a slash at the end', `image: 'postgres:16-alpine', ${at(`${OLD}/`)}`],
    ['of another registry', `image: 'docker.io/library/postgres:15.4', ${at(OLD)}`],
    ['with an extension', `image: 'postgis/postgis:16-3.4', ${at(OLD)}`],
    ['with PGDATA at the mount point', `image: 'postgres:17', env: [{name: PGDATA, value: ${OLD}}], ${at(OLD)}`],
    ['18 at the old path', `image: 'postgres:18', ${at(OLD)}`],
  ])('is told: %s', (_, container) => {
    expect(faultsOf(set(container), RULES)).toEqual([`postgres-mount ${MOUNT}`]);
  });

  it.each([
    ['PGDATA below the mount point', `image: 'postgres:16', env: [{name: PGDATA, value: ${OLD}/pgdata}], ${at(OLD)}`],
    ['a subPath', `image: 'postgres:16', ${at(OLD, ', subPath: pg')}`],
    ['the folder above', `image: 'postgres:18', ${at('/var/lib/postgresql')}`],
    ['another program', `image: 'registry.example/app:1', ${at(OLD)}`],
    ['a tag that does not say', `image: 'postgres:latest', ${at(OLD)}`],
  ])('is not told: %s', (_, container) => {
    expect(faultsOf(set(container), RULES)).toEqual([]);
  });
});

describe('a claim of a program that is not root', () => {
  const redis = `image: 'redis:7', ${at('/data')}`;
  it('is told without fsGroup, of the pod and of the container', () => {
    expect(faultsOf(set(redis, 'securityContext: {runAsUser: 1000},'), RULES)).toEqual([`claim-permissions ${MOUNT}`]);
    expect(faultsOf(set(`securityContext: {runAsUser: 999}, ${redis}`), RULES)).toEqual([`claim-permissions ${MOUNT}`]);
  });

  it.each([
    ['with fsGroup', redis, 'securityContext: {runAsUser: 1000, fsGroup: 1000},'],
    ['as root', redis, 'securityContext: {runAsUser: 0},'],
    ['as whoever the image says', redis, ''],
    ['read only', `image: x, ${at('/data', ', readOnly: true')}`, 'securityContext: {runAsUser: 1000},'],
    [
      'that an init container hands over',
      redis,
      "securityContext: {runAsUser: 1000}, initContainers: [{name: own, image: x, command: [sh, -c, 'chown 1000 /data']}],",
    ],
  ])('is not told: %s', (_, container, spec) => {
    expect(faultsOf(set(container, spec), RULES)).toEqual([]);
  });
});
