/** `cdk8s-nats synth bench/synth/many-services.ts -- COUNT [unchecked]`: an app with one chart a service, as large as one likes, with all checks across objects or without. */
import { App, Chart } from 'cdk8s';
import { addManifestChecks, Env, NatsMicroservice, secretKeys, synthOnce } from '#cdk8s-nats';

const [count = '70', checks = 'checked'] = process.argv.slice(2);
const namespace = 'shop';
const secrets = secretKeys('shop-secrets');

const app = new App({ outputFileExtension: '.yaml' });
for (let index = 0; index < Number(count); index += 1) {
  const name = `service-${index}`;
  new NatsMicroservice(new Chart(app, name, { namespace }), name, {
    image: `registry.example/shop/${name}:1.${index}.0`,
    replicas: 2,
    env: [
      Env.value('SERVICE_NAME', name),
      Env.value('LOG_LEVEL', index % 5 === 0 ? 'debug' : 'info'),
      Env.value('DB_HOST', 'postgres'),
      Env.value('DB_PORT', '5432'),
      Env.value('DB_USER', '$(SERVICE_NAME)'),
      Env.secret('DB_PASS', secrets.key(`${name}-db-password`)),
      Env.value('DATABASE_URL', 'postgresql://$(DB_USER):$(DB_PASS)@$(DB_HOST):$(DB_PORT)/shop'),
      Env.value('DB_POOL_MAX', String(5 + (index % 10))),
      Env.value('NATS_USER', '$(SERVICE_NAME)'),
      Env.secret('NATS_PASSWORD', secrets.key(`${name}-nats-password`)),
      Env.value('REDIS_PREFIX', '$(SERVICE_NAME):'),
      Env.value('PUBLIC_ORIGIN', `https://${name}.example.org`),
    ],
  });
}
if (checks === 'checked') addManifestChecks(app, { existing: ['nats', 'redis', 'postgres'] });
synthOnce(app);
