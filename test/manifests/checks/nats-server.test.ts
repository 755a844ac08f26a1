import { describe, expect, it } from 'vitest';
import { faultsOf } from '#test-support/faults-of';

const RULES = ['nats-config', 'nats-inbox', 'nats-lame-duck'];
const server = (config: string, spec = ''): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: nats}
data:
  nats.conf: |
${config
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: nats}, spec: {template: {spec: {${spec} containers: [{name: nats, image: 'nats:2.10', args: [-c, /etc/nats/nats.conf], volumeMounts: [{name: c, mountPath: /etc/nats}]}], volumes: [{name: c, configMap: {name: nats}}]}}}}
`;

describe('the configuration of a NATS server is told:', () => {
  it.each([
    ['a bracket that is missing', 'jetstream {\n  store_dir: /data', 'nats-config'],
    ['a bracket too many', 'jetstream {\n  store_dir: /data\n}\n}', 'nats-config'],
    ['an include that is not there', 'include auth.conf', 'nats-config'],
    ['a variable that nothing defines', 'authorization { token: $TOKEN }', 'nats-config'],
    ['a setting that is misspelt', 'jetstreem { store_dir: /data }', 'nats-config'],
    [
      'a user twice',
      'accounts { A { users: [{user: a, password: b}] }, B { users: [{user: a, password: b}] } }',
      'nats-config',
    ],
    ['a lame duck mode beyond the pod', 'lame_duck_duration: 30s\nlame_duck_grace_period: 10s', 'nats-lame-duck'],
    ['one setting beside a default', 'lame_duck_grace_period: 5s', 'nats-lame-duck'],
    ['minutes', 'lame_duck_duration: 2m', 'nats-lame-duck'],
    [
      'replies of one token',
      'authorization { users = [{user: a, password: b, permissions: {subscribe: ["_INBOX.*"]}}] }',
      'nats-inbox',
    ],
    [
      'the same behind a variable',
      'authorization {\n P = {subscribe: "_INBOX_a.*"}\n users = [{user: a, permissions: $P}] }',
      'nats-inbox',
    ],
  ])('%s', (_, config, rule) => {
    expect(faultsOf(server(config), RULES)).toEqual([`${rule} /data/nats.conf`]);
  });

  it.each([
    [
      'a grace period that is long enough',
      'lame_duck_duration: 30s\nlame_duck_grace_period: 10s',
      'terminationGracePeriodSeconds: 60,',
    ],
    ['no word of lame duck mode', 'port: 4222', ''],
    ['a variable of its own', 'P: "x"\nauthorization { token: $P }', ''],
    [
      'a subject that begins with a dollar',
      'authorization { users = [{user: a, permissions: {publish: ["$JS.API.>", \'$KV.>\']}}] }',
      '',
    ],
    ['an include of another folder', 'include ../auth/auth.conf', ''],
    ['replies of any length', 'authorization { users = [{user: a, permissions: {subscribe: ["_INBOX.>"]}}] }', ''],
  ])('but not %s', (_, config, spec) => {
    expect(faultsOf(server(config, spec), RULES)).toEqual([]);
  });
});
