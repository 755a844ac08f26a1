/** The shapes of declarations. What is inside them is judged by the constructs, to keep bundles of services small. */

/** The shapes of the props of {@link declareService}, which a microservice has too. */
export function serviceShapes() {
  return {
    name: 'text!',
    env: 'list!',
    publishes: 'list',
    consumes: 'list',
    subscribes: 'list',
    responds: 'list',
    requests: 'list',
    jetstream: 'map',
    route: 'text',
    databaseSchema: 'text',
    redisKeys: 'map',
  } as const;
}

/** The shapes of the props of {@link defineStream}. */
export function streamShapes() {
  return {
    name: 'text!',
    subjects: 'texts!',
    retention: 'text',
    storage: 'text',
    maxAgeSeconds: 'number',
    maxBytes: 'number',
    discard: 'text',
    duplicateWindowSeconds: 'number',
  } as const;
}
