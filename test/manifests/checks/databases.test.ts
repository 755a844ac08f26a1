import { describe, expect, it } from 'vitest';
import { faultsOf } from '#test-support/faults-of';

/** A PostgreSQL with what its container and its volumes hold, and a client with variables. */
const set = (server: string, client: string, more = ''): string => `
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: postgres}, spec: {template: {metadata: {labels: {app: postgres}}, spec: {${server}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: postgres}, spec: {selector: {app: postgres}, ports: [{port: 5432}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: cart, image: 'cart:1', env: [${client}]}]}}}}
${more}`;
const image = (fields: string): string => `containers: [{name: postgres, image: 'postgres:17', ${fields}}]`;
const url = (database: string): string =>
  `{name: DATABASE_URL, value: 'postgresql://a:b@postgres:5432/${database}?sslmode=disable'}`;
const SHOP = image('env: [{name: POSTGRES_DB, value: shop}]');
const FAULT = ['database-unknown /spec/template/spec/containers/0/env/0'];
const SCRIPTS = 'volumeMounts: [{name: s, mountPath: /docker-entrypoint-initdb.d}]';
const script = (text: string): string =>
  `---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: scripts}, data: {init.sql: '${text}'}}`;
const mounted = `${image(`env: [{name: POSTGRES_DB, value: shop}], ${SCRIPTS}`)}, volumes: [{name: s, configMap: {name: scripts}}]`;

describe('a database in a URL', () => {
  it.each([
    ['another than POSTGRES_DB', set(SHOP, url('shopp'))],
    ['one by an encoded name', set(SHOP, url('sh%6Fpp'))],
    ['another than the user', set(image('env: [{name: POSTGRES_USER, value: shop}]'), url('cart'))],
    ['one of an image without variables', set(image('env: []'), url('shop'))],
    [
      'PGDATABASE',
      set(SHOP, "{name: PGHOST, value: postgres}, {name: PGPORT, value: '5432'}, {name: PGDATABASE, value: shopp}"),
    ],
    ['another than a script creates', set(mounted, url('cart'), script('CREATE DATABASE orders;'))],
  ])('is told: %s', (_, text) => {
    expect(faultsOf(text, ['database-unknown'])).toEqual(FAULT);
  });

  it.each([
    ['that of POSTGRES_DB', set(SHOP, url('shop'))],
    ['the one that is always there', set(SHOP, url('postgres'))],
    ['none', set(SHOP, "{name: DATABASE_URL, value: 'postgresql://a:b@postgres:5432'}")],
    ['one that a script creates', set(mounted, url('orders'), script('create database "orders";'))],
    ['one where a script is not in the set', set(mounted, url('orders'))],
    [
      'one where the server reads its name from a Secret',
      set(image('env: [{name: POSTGRES_DB, valueFrom: {secretKeyRef: {name: a, key: b}}}]'), url('orders')),
    ],
    [
      'one from a Secret',
      set(
        SHOP,
        "{name: D, valueFrom: {secretKeyRef: {name: a, key: b}}}, {name: DATABASE_URL, value: 'postgresql://postgres:5432/$(D)'}",
      ),
    ],
    [
      'options of a role beside it',
      set(
        SHOP,
        url('orders'),
        "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {template: {spec: {containers: [{name: j, image: 'a:1', command: [sh, -c, 'create role x NOCREATEDB NOCREATEROLE; create database orders']}]}}}}",
      ),
    ],
    [
      'one that a Job creates',
      set(
        SHOP,
        url('orders'),
        "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {template: {spec: {containers: [{name: j, image: 'a:1', command: [sh, -c, 'createdb -h postgres orders']}]}}}}",
      ),
    ],
  ])('is not told: %s', (_, text) => {
    expect(faultsOf(text, ['database-unknown'])).toEqual([]);
  });
});
