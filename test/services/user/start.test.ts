import { describe } from 'vitest';
import { user } from '#catalog';
import { claimsOfAStart } from '#test-support/start-claims';

describe('user at its start', () => claimsOfAStart(user));
