import { describe } from 'vitest';
import { stats } from '#catalog';
import { claimsOfAStart } from '#test-support/start-claims';

describe('stats at its start', () => claimsOfAStart(stats));
