/** Shapes of props that constructs of several folders have. */
import { Construct } from 'constructs';
import type { KeyRef } from '#env';
import { amountOf } from '#manifests';
import { group, isMap, listOf, type NestedShape, valueShape, whole } from '#prop-shapes';
import type { ContainerResources } from './container-resources.ts';
import { HIGHEST_PORT } from './port.ts';

/** An object by its name: the name itself, or anything that has one. */
export const NAMED: NestedShape = valueShape({
  words: 'a name or an object with a name',
  holds: (value) => {
    const name = isMap(value) ? value['name'] : value;
    return typeof name === 'string' && name.trim() !== '';
  },
  wayOut: () => "write it like 'shop-secrets'",
});

/** Names of Secrets for an image registry. */
export const PULL_SECRETS: NestedShape = listOf(NAMED, 'a list of names', "write ['registry']");

/** The number of a port. */
export const PORT_NUMBER: NestedShape = whole(1, HIGHEST_PORT);

/** A key of a Secret. */
export const KEY_REF = group<KeyRef>({ name: 'name!', key: 'name!', optional: 'boolean' });

/** A quantity of a resource. */
export const QUANTITY: NestedShape = valueShape({
  words: 'a quantity',
  holds: (value) => typeof value === 'string' && (amountOf(value) ?? 0n) > 0n,
  wayOut: () => "write it like '2', '500m' or '4Gi'",
});

/** CPU and memory of a container; figures that are left out have a default. */
export const SOME_RESOURCES = group<ContainerResources>({ requests: 'textMap', limits: 'textMap' });

/** CPU and memory of a container, both halves. */
export const RESOURCES = group<ContainerResources>({ requests: 'textMap!', limits: 'textMap!' });

/** A construct that objects are below. */
export const CONSTRUCT: NestedShape = valueShape({
  words: 'a construct',
  holds: (value) => Construct.isConstruct(value),
  wayOut: () => 'pass a chart or an app',
});

/** Constructs whose objects are read. */
export const CONSTRUCTS: NestedShape = listOf(CONSTRUCT, 'a list of constructs', 'write [chart]');
