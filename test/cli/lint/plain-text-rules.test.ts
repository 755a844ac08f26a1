/** Text of ConfigMaps and Secrets that arrives as a variable is never expanded. */
import { describe, expect, it } from 'vitest';
import { podWith, rulesBroken } from './linting.ts';

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata: {name: vars, namespace: store}
data: {URL: 'http://$(HOST)/', HOST: shop, SHELL_LINE: 'echo $(date)', ESCAPED: '$$(HOST)'}
---
`;
const SECRET = (data: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: vars, namespace: store}\n${data}\n---\n`;
const encoded = (text: string): string => Buffer.from(text).toString('base64');

describe('a reference in text that is never expanded is reported', () => {
  it.each([
    ['from envFrom', CONFIG_MAP, 'envFrom: [{configMapRef: {name: vars}}]'],
    ['with a prefix', CONFIG_MAP, 'envFrom: [{prefix: SHOP_, configMapRef: {name: vars}}]'],
    ['from a single key', CONFIG_MAP, 'env: [{name: URL, valueFrom: {configMapKeyRef: {name: vars, key: URL}}}]'],
    ['of a Secret', SECRET("stringData: {URL: 'http://$(HOST)/'}"), 'envFrom: [{secretRef: {name: vars}}]'],
    [
      'of a Secret in base64',
      SECRET(`data: {URL: ${encoded('http://$(HOST)/')}}`),
      'env: [{name: URL, valueFrom: {secretKeyRef: {name: vars, key: URL}}}]',
    ],
  ])('%s', async (_, object, container) => {
    expect(await rulesBroken(object + podWith(container))).toEqual(['text-not-expanded']);
  });

  it.each([
    [
      'text that a later entry of env replaces',
      CONFIG_MAP,
      'envFrom: [{configMapRef: {name: vars}}]\nenv: [{name: URL, value: x}]',
    ],
    [
      'a command of a shell',
      CONFIG_MAP,
      'env: [{name: LINE, valueFrom: {configMapKeyRef: {name: vars, key: SHELL_LINE}}}]',
    ],
    ['an escape', CONFIG_MAP, 'env: [{name: TEXT, valueFrom: {configMapKeyRef: {name: vars, key: ESCAPED}}}]'],
    ['bytes of a Secret', SECRET('data: {URL: /////w==}'), 'envFrom: [{secretRef: {name: vars}}]'],
  ])('but not %s', async (_, object, container) => {
    expect(await rulesBroken(object + podWith(container))).toEqual([]);
  });
});
