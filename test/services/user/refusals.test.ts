import { afterAll, beforeAll, describe } from 'vitest';
import { userApi } from '#contracts';
import { claimsOfRefusals } from '#test-support/refusal-claims';
import { startUserStage, type UserStage } from './running-user.ts';

let stage: UserStage;

beforeAll(async () => {
  stage = await startUserStage();
});

afterAll(async () => await stage.stop());

describe('every route of user', () =>
  claimsOfRefusals(userApi, () => ({ url: stage.running.url, stores: stage.stores })));
