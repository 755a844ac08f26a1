import { spawn } from 'node:child_process';
import { Cursor } from '#manifests';
import type { RequiredSecret } from '#manifests';
import { UnreadableError } from '#manifest-source';

/** The cluster as kubectl reaches it. What is written goes through kubectl's standard input: no file, no argument holds a value. */
export class Kubectl {
  private readonly context: readonly string[];

  constructor(context: string | undefined) {
    this.context = context === undefined ? [] : ['--context', context];
  }

  /** What a Secret holds, by key, without empty values; undefined when there is no such Secret. Throws `UnreadableError`. */
  async valuesOf(secret: RequiredSecret): Promise<ReadonlyMap<string, string> | undefined> {
    const out = await this.run([
      'get',
      'secret',
      secret.name,
      '-o',
      'json',
      '--ignore-not-found',
      ...inNamespace(secret),
    ]);
    if (out.trim() === '') return undefined;
    const data = new Cursor(JSON.parse(out) as unknown).at('data');
    return new Map(
      data.entries.flatMap(([key, at]) =>
        (at.text ?? '') === '' ? [] : [[key, Buffer.from(at.text ?? '', 'base64').toString()] as const],
      ),
    );
  }

  /** Makes a Secret. Fails when somebody made it meanwhile. */
  async create(secret: RequiredSecret, manifest: object): Promise<void> {
    await this.run(['create', '-f', '-', '--validate=false', ...inNamespace(secret)], JSON.stringify(manifest));
  }

  /** Adds keys to a Secret that exists; its others stay. Fails when somebody changed it meanwhile. */
  async add(secret: RequiredSecret, values: Readonly<Record<string, string>>): Promise<void> {
    const held = JSON.parse(
      await this.run(['get', 'secret', secret.name, '-o', 'json', ...inNamespace(secret)]),
    ) as object;
    const manifest = JSON.stringify({ ...held, stringData: values });
    await this.run(['replace', '-f', '-', '--validate=false', ...inNamespace(secret)], manifest);
  }

  private async run(args: readonly string[], input = ''): Promise<string> {
    const child = spawn('kubectl', [...this.context, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    const texts = { out: '', err: '' };
    child.stdout.on('data', (data: Buffer) => (texts.out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (texts.err += data.toString()));
    const ended = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
    child.stdin.on('error', () => undefined).end(input);
    const code = await ended.catch((error: unknown) => {
      throw new UnreadableError(`kubectl cannot be run: ${String(error)}`, { cause: error });
    });
    if (code !== 0) throw new UnreadableError(`kubectl ${args.slice(0, 3).join(' ')}: ${saidBy(texts.err)}`);
    return texts.out;
  }
}

/** What kubectl says to people, without the lines of its log where it says more than those. */
function saidBy(err: string): string {
  const lines = err.trim().split('\n');
  const said = lines.filter((line) => !/^[EFIW]\d{4} /.test(line));
  return (said.length > 0 ? said : lines).join('\n');
}

function inNamespace({ namespace }: RequiredSecret): readonly string[] {
  return namespace === '' ? [] : ['--namespace', namespace];
}
