import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import { runGraph } from '../../../src/cli/graph/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

/** Workloads with the connections `[from, to, port]`, each by an address in the environment. */
function shop(
  connections: readonly (readonly [string, string, number])[],
  name = (app: string): string => app,
): string {
  const apps = [...new Set(connections.flatMap(([from, to]) => [from, to]))];
  const documents = apps.flatMap((app) => {
    const env = connections
      .filter(([from]) => from === app)
      .map(([, to, port]) => ({ name: `${to.toUpperCase()}_${port}_ADDR`, value: `${to}:${port}` }));
    const ports = connections.filter(([, to]) => to === app).map(([, , port]) => ({ name: `p${port}`, port }));
    const metadata = { name: name(app), namespace: 'shop', labels: { app } };
    return [
      { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'main', env }] } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: app, namespace: 'shop' },
        spec: { selector: { app }, ports },
      },
    ];
  });
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}

async function svg(text: string): Promise<string> {
  const terminal = capturedTerminal(text);
  expect(await runGraph(['--format', 'svg'], terminal)).toBe(0);
  return terminal.written.out;
}

function parsed(text: string) {
  const document = new new Window().DOMParser().parseFromString(text, 'image/svg+xml');
  expect(document.querySelectorAll('parsererror')).toHaveLength(0);
  return document;
}

describe('graph as SVG', () => {
  it('is well-formed and has the same bytes each time, whatever the names hold', async () => {
    const text = shop([['a', 'b', 80]], (app) => `${app}<&"'\u0001`);
    const drawn = await svg(text);
    expect(drawn).toBe(await svg(text));
    expect(parsed(drawn).querySelectorAll('text.name')[0]?.textContent).toBe('a<&"\'\ufffd');
  });

  it('places every box apart from the others and within the picture', async () => {
    const text = shop([
      ['web', 'api', 80],
      ['api', 'orders', 80],
      ['api', 'users', 80],
      ['orders', 'store', 5432],
      ['users', 'store', 5432],
      ['web', 'store', 5432],
    ]);
    const document = parsed(await svg(text));
    const boxes = [...document.querySelectorAll('g > rect.box')].map((box) =>
      ['x', 'y', 'width', 'height'].map((key) => Number(box.getAttribute(key))),
    );
    expect(boxes).toHaveLength(5);
    const [width = 0, height = 0] = (document.documentElement.getAttribute('viewBox') ?? '')
      .split(' ')
      .slice(2)
      .map(Number);
    for (const [index, [x = 0, y = 0, w = 0, h = 0]] of boxes.entries()) {
      expect(x >= 0 && y >= 0 && x + w <= width && y + h <= height).toBe(true);
      for (const [otherX = 0, otherY = 0, otherW = 0, otherH = 0] of boxes.slice(index + 1)) {
        const apart = x + w <= otherX || otherX + otherW <= x || y + h <= otherY || otherY + otherH <= y;
        expect(apart).toBe(true);
      }
    }
  });

  it('writes a port that all arrows have in common once, in the box, else on the arrows', async () => {
    const texts = async (second: number): Promise<readonly string[]> => {
      const document = parsed(
        await svg(
          shop([
            ['a', 'store', 5432],
            ['b', 'store', second],
          ]),
        ),
      );
      return [...document.querySelectorAll('text.mono')].map((text) => text.textContent);
    };
    expect(await texts(5432)).toEqual(['tcp:5432']);
    expect((await texts(5433)).toSorted()).toEqual(['tcp:5432', 'tcp:5433']);
  });

  it('tells what the arrows mean only where policies tell them apart', async () => {
    const text = shop([['a', 'b', 80]]);
    expect(await svg(text)).not.toContain('by policy</text>');
    const policy = { podSelector: { matchLabels: { app: 'b' } }, policyTypes: ['Ingress'] };
    const metadata = { name: 'b', namespace: 'shop' };
    const denied = JSON.stringify({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: policy,
    });
    const drawn = await svg(`${text}\n---\n${denied}`);
    expect(drawn).toContain('>blocked by policy</text>');
    expect(drawn).toContain('a to b, tcp:80, no way in: blocked by policy');
  });

  it('draws a circle of callers, and nothing of nothing', async () => {
    expect(
      parsed(
        await svg(
          shop([
            ['a', 'b', 80],
            ['b', 'a', 80],
          ]),
        ),
      ).querySelectorAll('path.link'),
    ).toHaveLength(2);
    expect(parsed(await svg('')).querySelectorAll('rect')).toHaveLength(1);
  });

  it('is refused where it would show nothing but lines', async () => {
    const many = Array.from({ length: 250 }, (_, index) => [`a${index}`, 'store', 80] as const);
    await expect(svg(shop(many))).rejects.toThrow(/501 boxes and arrows do not fit into one picture/);
  });
});
