import { describe, expect, it } from 'vitest';
import { natsConfig } from '../../../src/constructs/nats/config.ts';
import { runGraph } from '../../../src/cli/graph/command.ts';
import { subjectPicture } from '../../../src/cli/graph/declared-subjects.ts';
import { parseNatsConfig } from '../../../src/manifests/nats-config.ts';
import { natsUsers } from '../../../src/manifests/nats-users.ts';
import { capturedTerminal } from '../captured-terminal.ts';

const CONFIG = `
# by hand
jobs = { publish: ["jobs.new", "$JS.API.CONSUMER.CREATE.JOBS.worker.jobs.new"] }   // of the desk
authorization {
  users = [
    {user: desk, password: $DESK, permissions: $jobs}
    { user:"worker", permissions { pub: { allow: ["$JS.API.CONSUMER.MSG.NEXT.JOBS.worker", '_INBOX.>'] }, sub = "news.*" } },
  ]
}`;

function configMap(config: string) {
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'nats' }, data: { 'nats.conf': config } };
  return { path: '', manifest };
}

function pod(name: string, env: readonly object[]) {
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'main', env }] } };
  return { path: '', manifest };
}

describe('a configuration of nats-server', () => {
  it('is read with comments, both signs of assignment or none, and both quotes', () => {
    expect(
      parseNatsConfig('a: 1 # one\nb = "x # y"\nc { d: [1, \'2\'\n3] } // rest\nlisten: 0.0.0.0:4222;e:"f\\"g"'),
    ).toEqual({
      a: '1',
      b: 'x # y',
      c: { d: ['1', '2', '3'] },
      listen: '0.0.0.0:4222',
      e: 'f"g',
    });
  });

  it.each(['a: {', 'a: [1', '}', 'a: ]', '= 1', 'a:', '{'.repeat(100_000), `a: ${'['.repeat(100_000)}`])(
    'is none when it is %s',
    (text) => {
      expect(parseNatsConfig(text)).toBeUndefined();
    },
  );

  it('that the constructs write is read back with all users and subjects', () => {
    const permissions = {
      publish: { allow: ['a.>', 'b'], deny: [] },
      subscribe: { allow: [], deny: [] },
    };
    const users = [{ name: 'auth', passwordVariable: 'P', permissions }];
    const account = { name: 'APP-auth', jetstream: false, users, exports: [], imports: [], mappings: {} };
    const config = natsConfig({
      accounts: [account],
      maxFileStoreBytes: 1,
      maxMemoryStoreBytes: 1,
      systemPasswordVariable: 'S',
    });
    expect(natsUsers(config)).toMatchObject([
      { name: 'sys', publish: ['>'], subscribe: ['>'] },
      { name: 'auth', publish: ['a.>', 'b'], subscribe: [] },
    ]);
  });

  it('gives leave to do anything where a side is missing, as the server does', () => {
    const users =
      '{user: a}, {user: b, permissions: {publish: x}}, {user: c, permissions: {sub: {deny: ">"}, pub: {deny: x}}}';
    expect(natsUsers(`authorization: {users: [${users}]}`)).toEqual([
      { name: 'a', publish: ['>'], subscribe: ['>'] },
      { name: 'b', publish: ['x'], subscribe: ['>'] },
      { name: 'c', publish: ['>'], subscribe: [] },
    ]);
  });
});

describe('the subjects in the picture', () => {
  it('are those that users may publish and hear, by the stream whose consumer filters them', () => {
    const picture = subjectPicture([configMap(CONFIG)]);
    expect(picture?.columns.map(({ name }) => name)).toEqual(['desk', 'worker']);
    expect(picture?.bands.map(({ title, rows }) => [title, rows])).toEqual([
      ['stream JOBS', [{ label: 'jobs.new', roles: { desk: ['publishes'], worker: ['consumes'] } }]],
      [
        'other subjects',
        [
          { label: '>', roles: { desk: ['consumes'] } },
          { label: 'news.*', roles: { worker: ['consumes'] } },
        ],
      ],
    ]);
  });

  it('stand under the workload whose environment names the user', () => {
    const desk = pod('front-desk', [
      { name: 'ME', value: 'desk' },
      { name: 'NATS_USER', value: '$(ME)' },
    ]);
    const worker = pod('mill', [{ name: 'NATS_URL', value: 'nats://worker:x@nats:4222' }]);
    const picture = subjectPicture([configMap(CONFIG), desk, worker]);
    expect(picture?.columns.map(({ name }) => name)).toEqual(['front-desk', 'mill']);
  });

  it.each([
    ['mermaid', 'desk -->|1| stream_JOBS'],
    ['dot', '"desk" -> "subject jobs.new"'],
    ['svg', '>jobs.new</text>'],
  ])('are drawn as %s', async (format, part) => {
    const terminal = capturedTerminal(JSON.stringify(configMap(CONFIG).manifest));
    expect(await runGraph(['--view', 'subjects', '--format', format], terminal)).toBe(0);
    expect(terminal.written.out).toContain(part);
  });

  it('are missed with a word on where they are looked for', async () => {
    const terminal = capturedTerminal(
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {nats.conf: "port: 4222"}}',
    );
    await expect(runGraph(['--view', 'subjects'], terminal)).rejects.toThrow(/no ConfigMap has a \.conf key/);
  });
});

describe('variables, accounts and imports of a nats.conf', () => {
  const users = (text: string, files: Readonly<Record<string, string>> = {}) =>
    natsUsers(text, files).map(({ name, publish, subscribe }) => [name, publish, subscribe]);

  it.each([
    ['of the block', 'authorization { P: {publish: ["a.>"], subscribe: "b"}, users: [{user: u, permissions: $P}] }'],
    ['of the file', 'P: {publish: ["a.>"], subscribe: "b"}\nauthorization { users: [{user: u, permissions: $P}] }'],
    ['of one side', 'S = "b"\nauthorization { users: [{user: u, permissions: {publish: ["a.>"], subscribe: $S}}] }'],
    [
      'behind another',
      'Q: {publish: ["a.>"], subscribe: "b"}\nP: $Q\nauthorization { users: [{user: u, permissions: $P}] }',
    ],
    [
      'of defaults',
      'authorization { D: {publish: "a.>", subscribe: "b"}, default_permissions: $D, users: [{user: u}] }',
    ],
    [
      'of the list of users',
      'U: [{user: u, permissions: {publish: "a.>", subscribe: "b"}}]\nauthorization { users: $U }',
    ],
  ])('a variable %s stands for its value', (_, config) => {
    expect(users(config)).toEqual([['u', ['a.>'], ['b']]]);
  });

  it('one user needs no list', () => {
    expect(users('authorization { user: u, password: p }')).toEqual([['u', ['>'], ['>']]]);
  });

  it('a file of the same ConfigMap is included', () => {
    expect(
      users("include './auth.conf'", {
        'auth.conf': 'authorization { users: [{user: u, permissions: {publish: "a"}}] }',
      }),
    ).toEqual([['u', ['a'], ['>']]]);
  });

  it('an import is told by the subject of the account that exports it', () => {
    const config = `accounts {
      A { users: [{user: a, permissions: {publish: "orders.>", subscribe: "ask"}}], exports: [{stream: "orders.>"}, {service: "ask"}] }
      B {
        users: [{user: b, permissions: {publish: "shop.ask", subscribe: "theirs.orders.>"}}]
        imports: [{stream: {account: A, subject: "orders.>"}, prefix: theirs}, {service: {account: A, subject: "ask"}, to: "shop.ask"}]
      }
    }`;
    expect(users(config)).toEqual([
      ['a', ['orders.>'], ['ask']],
      ['b', ['ask'], ['orders.>']],
    ]);
  });
});
