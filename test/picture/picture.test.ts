import { describe, expect, it } from 'vitest';
import { consume, declareService, defineMessage, defineStream } from '#declare';
import { mermaidOf, pictureOf, svgOf } from '#picture';
import { z } from 'zod';

const placed = defineMessage({ subject: 'events.orders.placed', payload: z.object({}) });
const typing = defineMessage({ subject: 'typing.{user}', payload: z.object({}), delivery: 'core' });
const orders = declareService({
  name: 'orders',
  env: [],
  route: '/api/orders',
  publishes: [placed],
  databaseSchema: 'orders',
});
const mail = declareService({
  name: 'mail',
  env: [],
  publishes: [typing],
  consumes: [consume(placed)],
  subscribes: [typing],
  redisKeys: { writes: ['mail:*'], reads: ['session:*'] },
});
const events = defineStream({ name: 'EVENTS', subjects: ['events.>'], maxAgeSeconds: 604_800 });
const picture = pictureOf({ title: 'Shop <1>', services: [orders, mail], streams: [events] });

describe('the picture of an application', () => {
  it('has a column a service, with its route', () => {
    expect(picture.columns).toEqual([
      { name: 'orders', route: '/api/orders' },
      { name: 'mail', route: '' },
    ]);
  });

  it('puts a subject into the band of the stream that keeps it, and says who publishes and who consumes', () => {
    expect(picture.bands[0]).toEqual({
      title: 'stream EVENTS',
      note: 'limits, file, 7 d',
      rows: [
        expect.objectContaining({
          label: 'events.orders.placed',
          roles: { orders: ['publishes'], mail: ['consumes'] },
        }),
      ],
    });
  });

  it('keeps what no stream stores apart, and the stores last', () => {
    expect(picture.bands.slice(1).map((band) => [band.title, band.rows.map((row) => row.label)])).toEqual([
      ['core NATS', ['typing.{user}']],
      ['stores', ['PostgreSQL, a schema each', 'Redis, keys of its own', 'Redis session:*']],
    ]);
  });

  it('is drawn as SVG with the same bytes each time, and with its texts escaped', () => {
    expect(svgOf(picture)).toBe(svgOf(picture));
    expect(svgOf(picture)).toContain('<title>Shop &lt;1&gt;</title>');
    expect(svgOf(picture)).not.toContain('<1>');
  });

  it('is drawn as a Mermaid flowchart with an arrow for each direction', () => {
    const lines = mermaidOf(picture).split('\n');
    expect(lines).toContain('  edge -->|"/api/orders"| orders');
    expect(lines).toContain('  orders -->|1| stream_EVENTS');
    expect(lines).toContain('  stream_EVENTS -.->|1| mail');
  });
});
