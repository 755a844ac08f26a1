import { renderApps } from 'cdk8s-nats';
import { expect, it } from 'vitest';
import { createApp } from '../charts/app.ts';

it('passes all checks', () => {
  expect(() => renderApps(createApp())).not.toThrow();
});
