import { ApiObject, App, Chart, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { synthOnce } from '../../src/synth/index.ts';
import { builtApp, drawnApp, type DrawnApp } from './random-app.ts';

const root = mkdtempSync(join(tmpdir(), 'cdk8s-nats-synth-once-'));
let folders = 0;

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('synthOnce', () => {
  it('writes the folders, files and bytes of App.synth(), and throws its errors, for any app', () => {
    fc.assert(
      fc.property(drawnApp, (drawn) => {
        const [theirs, ours] = both(drawn);
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });

  it('throws the error of App.synth() for validations that fail and objects that cannot be rendered', () => {
    const failing = drawnApp.chain((drawn) =>
      fc
        .record({
          faults: fc.array(fc.nat(14), { maxLength: 3 }),
          broken: fc.nat(14),
        })
        .map(({ faults, broken }) => ({
          ...drawn,
          faults,
          constructs: drawn.constructs.map((one, index) =>
            index === broken ? { ...one, patch: 'failing' as const } : one,
          ),
        })),
    );
    fc.assert(
      fc.property(failing, (drawn) => {
        const [theirs, ours] = both(drawn);
        expect(ours.error).toBe(theirs.error);
        // where cdk8s had written some files before the error, nothing is written here
        if (theirs.error !== undefined) expect(ours.files).toEqual({});
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the order of cdk8s for charts that depend on each other in diamonds', () => {
    const [theirs, ours] = synthesized((outdir) => {
      const app = new App({ outdir });
      const layers = [3, 2, 3, 1].map((width, layer) =>
        Array.from({ length: width }, (_, index) => thing(new Chart(app, `layer-${layer}-${index}`))),
      );
      layers.forEach((layer, depth) => {
        for (const chart of layer) chart.addDependency(...(layers[depth + 1] ?? []));
      });
      return app;
    });
    expect(ours).toEqual(theirs);
    expect(Object.keys(ours.files)[0]).toBe('0000-layer-3-0.k8s.yaml');
  });

  it('asks each validation and each producer once, whatever the number of charts', () => {
    const asked = { validations: 0, producers: 0 };
    const app = new App({ outdir: folder() });
    for (let index = 0; index < 20; index += 1) {
      const chart = new Chart(app, `chart-${index}`);
      const produce = (): number => (asked.producers += 1);
      new ApiObject(chart, 'thing', { apiVersion: 'v1', kind: 'Thing', spec: Lazy.any({ produce }) });
      chart.node.addValidation({ validate: () => ((asked.validations += 1), []) });
    }
    synthOnce(app);
    expect(asked).toEqual({ validations: 20, producers: 20 });
  });

  it('takes the output of a chart that renders itself', () => {
    class Signed extends Chart {
      override toJson(): unknown[] {
        return [...super.toJson(), { apiVersion: 'v1', kind: 'Signature' }];
      }
    }
    const [theirs, ours] = synthesized((outdir) => {
      const app = new App({ outdir });
      thing(new Signed(app, 'signed'));
      return app;
    });
    expect(ours).toEqual(theirs);
    expect(ours.files['signed.k8s.yaml']).toContain('Signature');
  });

  it('lets cdk8s judge a dependency on another app', () => {
    const [theirs, ours] = synthesized((outdir) => {
      const [app, other] = [new App({ outdir }), new App()];
      const [first, second] = ['a', 'b'].map((id) => thing(new Chart(app, id)));
      first?.addDependency(thing(new Chart(other, 'b')));
      second?.addDependency(thing(new Chart(other, 'elsewhere')));
      return app;
    });
    expect(ours).toEqual(theirs);
  });

  it('writes nothing when one of several apps fails', () => {
    const [good, bad] = [folder(), folder()];
    const apps = [good, bad].map((outdir) => new App({ outdir }));
    const [first, second] = apps.map((app) => thing(new Chart(app, 'chart')));
    second?.node.addValidation({ validate: () => ['no'] });
    expect(first).toBeDefined();
    expect(() => {
      synthOnce(...apps);
    }).toThrow('Validation failed');
    expect(readdirSync(good)).toEqual([]);
  });

  it('can stand in the synth method of an app of one’s own', () => {
    class FastApp extends App {
      override synth(): void {
        synthOnce(this);
      }
    }
    const app = new FastApp({ outdir: folder() });
    thing(new Chart(app, 'chart')).addDependency(new Construct(app, 'outside'));
    expect(() => {
      app.synth();
    }).toThrow('cannot find a parent chart');
  });
});

function thing(chart: Chart): Chart {
  new ApiObject(chart, 'thing', { apiVersion: 'v1', kind: 'Thing' }).addJsonPatch(
    JsonPatch.add('/spec', chart.node.id),
  );
  return chart;
}

interface Synthesized {
  readonly error: string | undefined;
  readonly files: Readonly<Record<string, string>>;
}

function both(drawn: DrawnApp): readonly [Synthesized, Synthesized] {
  return synthesized((outdir) => builtApp(drawn, outdir));
}

/** What cdk8s writes, and what `synthOnce` writes. */
function synthesized(build: (outdir: string) => App): readonly [Synthesized, Synthesized] {
  return [
    written(build, (app) => {
      app.synth();
    }),
    written(build, synthOnce),
  ];
}

function written(build: (outdir: string) => App, synth: (app: App) => void): Synthesized {
  const outdir = folder();
  const app = build(outdir);
  let error: string | undefined;
  try {
    synth(app);
  } catch (thrown) {
    error = String(thrown);
  }
  const files = contents(outdir);
  rmSync(outdir, { recursive: true });
  return { error, files };
}

function contents(top: string): Record<string, string> {
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      statSync(join(top, name)).isDirectory() ? '(folder)' : readFileSync(join(top, name), 'utf8'),
    ]),
  );
}

function folder(): string {
  folders += 1;
  return mkdtempSync(join(root, `${folders}-`));
}
