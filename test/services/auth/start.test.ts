import { describe } from 'vitest';
import { auth } from '#catalog';
import { claimsOfAStart } from '#test-support/start-claims';

describe('auth at its start', () => claimsOfAStart(auth));
