/** The services on real servers. `npm test` starts all of it and sets PUBLIC_ORIGIN, the address of the edge. */
import { expect, it } from 'vitest';

const origin = process.env['PUBLIC_ORIGIN'] ?? '';
const place = async (order: object) =>
  await fetch(`${origin}/api/orders`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(order),
  });

it('writes one letter for an order', async () => {
  const response = await place({ email: 'ada@example.net', cents: 1250 });
  expect(response.status).toBe(201);
  const { id } = (await response.json()) as { id: string };
  const letters = async () => {
    const all = (await (await fetch(`${origin}/api/mail/letters`)).json()) as { order_id: string }[];
    return all.filter(({ order_id }) => order_id === id);
  };
  const text = 'Thank you for your order of 12.50 euros.';
  await expect.poll(letters, { timeout: 10_000 }).toEqual([{ order_id: id, email: 'ada@example.net', text }]);
});

it('refuses an order without an address', async () => {
  const response = await place({ cents: 1250 });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ code: 'invalid' });
});
