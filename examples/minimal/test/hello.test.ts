/** The service behind the edge. `npm test` starts both and sets PUBLIC_ORIGIN, the address of the edge. */
import { expect, it } from 'vitest';

it('greets as its variable says', async () => {
  const response = await fetch(`${process.env['PUBLIC_ORIGIN'] ?? ''}/api/hello`);
  expect([response.status, await response.json()]).toEqual([200, { text: 'hello, world' }]);
});
