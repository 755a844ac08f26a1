import { afterAll, beforeAll, describe } from 'vitest';
import { authApi } from '#contracts';
import { claimsOfRefusals } from '#test-support/refusal-claims';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { startAuth, type RunningAuth } from './running-auth.ts';

let stores: ServiceStores;
let running: RunningAuth;

beforeAll(async () => {
  stores = await startServiceStores();
  running = await startAuth(stores);
});

afterAll(async () => {
  await running.stop();
  await stores.stop();
});

describe('every route of auth', () => claimsOfRefusals(authApi, () => ({ url: running.url, stores })));
