import { describe, expect, it } from 'vitest';
import { runGraph } from '../../../src/cli/graph/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

const SHOP = `apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: a, env: [{name: NATS_URL, value: "nats://nats:4222"}, {name: MAIL_URL, value: "https://mail.example.org"}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: nats, namespace: shop}, spec: {selector: {app: nats}, ports: [{port: 4222}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: nats, namespace: shop}
spec: {template: {metadata: {labels: {app: nats}}, spec: {containers: [{name: n}]}}}
`;

/** Policies of the pods of an app, with their rules as YAML in one line. */
function policy(app: string, rules: string): string {
  return `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${app}, namespace: shop}\nspec: {podSelector: {matchLabels: {app: ${app}}}, ${rules}}\n`;
}

const TO_NATS = '{to: [{podSelector: {matchLabels: {app: nats}}}], ports: [{port: 4222}]}';
const TO_DNS =
  '{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}], ports: [{port: 53, protocol: UDP}]}';

async function drawn(text: string, ...args: readonly string[]): Promise<string> {
  const terminal = capturedTerminal(text);
  expect(await runGraph(args, terminal)).toBe(0);
  return terminal.written.out;
}

describe('graph', () => {
  it('draws who dials whom as Mermaid', async () => {
    expect(await drawn(SHOP)).toBe(`flowchart LR
  n0{{"mail.example.org"}}
  n1["api"]
  n2[("nats")]
  n1 -->|"https:443"| n0
  n1 -->|"nats:4222"| n2
`);
  });

  it('draws the same as DOT', async () => {
    expect(await drawn(SHOP, '--format', 'dot')).toContain(
      '"shop/Pod/api" -> "shop/StatefulSet/nats" [label="nats:4222"]',
    );
  });

  it('draws one arrow for one connection that is named twice, by the name that tells more', async () => {
    const twice = SHOP.replace(
      '{name: MAIL_URL, value: "https://mail.example.org"}',
      '{name: NATS_HOST, value: nats}, {name: NATS_PORT, value: "4222"}',
    );
    expect((await drawn(twice)).match(/-->.*/g)).toEqual(['-->|"nats:4222"| n1']);
  });

  it('leaves out the set’s own name at the edge, which a URL may state without dialling it', async () => {
    const edge = `${SHOP}---\n{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: e, namespace: shop}, spec: {rules: [{host: mail.example.org}]}}\n`;
    expect(await drawn(edge)).not.toContain('mail.example.org');
  });

  it.each(['nats.shop', 'nats-0.nats', 'nats.shop.svc.cluster.local'])(
    'knows %s for one of the set alone',
    async (host) => {
      const text = SHOP.replace('nats://nats:4222', `nats://${host}:4222`);
      expect((await drawn(text)).match(/"[^"]+"/g)).toEqual([
        '"mail.example.org"',
        '"api"',
        '"nats"',
        '"https:443"',
        '"nats:4222"',
      ]);
    },
  );

  it('tells workloads of several namespaces apart', async () => {
    const other = SHOP.replaceAll('namespace: shop', 'namespace: lab');
    expect(await drawn(`${SHOP}---\n${other}`)).toContain('["lab/api"]');
  });

  it.each([
    ['format', 'png', /--format is png, must be one of mermaid, dot, svg/],
    ['view', 'all', /--view is all, must be one of connections, subjects/],
  ])('refuses a %s that it does not have', async (option, value, message) => {
    await expect(drawn(SHOP, `--${option}`, value)).rejects.toThrow(message);
  });
});

describe('policies in the picture', () => {
  it('leave an arrow as it is that both ends let through', async () => {
    const text = SHOP + policy('api', `policyTypes: [Egress], egress: [${TO_NATS}, ${TO_DNS}]`);
    expect(await drawn(text)).toContain('n1 -->|"nats:4222"| n2');
    expect(await drawn(text)).not.toContain('kube-system');
  });

  it.each([
    ['out', policy('api', `policyTypes: [Egress], egress: [${TO_DNS}]`), 'no way out'],
    ['in', policy('nats', 'policyTypes: [Ingress]'), 'no way in'],
  ])('mark an arrow that has no way %s', async (_, policies, words) => {
    const text = await drawn(SHOP + policies);
    expect(text).toContain(`n1 --x|"nats:4222, ${words}"| n2`);
    expect(text).toMatch(/linkStyle \d+ stroke:/);
    expect(await drawn(SHOP + policies, '--format', 'dot')).toMatch(/label="nats:4222, no way \w+", color=red/);
  });

  it('add a dashed arrow for who is let through and not seen to dial', async () => {
    const text = SHOP.replace('{name: NATS_URL, value: "nats://nats:4222"}, ', '');
    const rules =
      'policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 4222}]}]';
    expect(await drawn(text + policy('nats', rules))).toContain('n1 -.->|"tcp:4222"| n2');
  });

  it('add none that the other end does not let through', async () => {
    const text = SHOP.replace('{name: NATS_URL, value: "nats://nats:4222"}, ', '');
    expect(
      await drawn(text + policy('api', `egress: [${TO_NATS}]`) + policy('nats', 'policyTypes: [Ingress]')),
    ).not.toContain('-.->');
  });

  it('name a peer outside the set, a range of ports and an open door', async () => {
    const from = '{from: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 4222, endPort: 4224}]}';
    const text = await drawn(SHOP + policy('nats', `ingress: [${from}, {ports: [{port: 8222}]}]`));
    expect(text).toContain('{{"10.1.0.0/16"}}');
    expect(text).toContain('-.->|"4222-4224"|');
    expect(text).toMatch(/(n\d)\{\{"anybody"\}\}[^]*\1 -\.->\|"tcp:8222"\|/);
  });

  it('say of a pod which way nothing restricts it', async () => {
    const text = await drawn(SHOP + policy('nats', 'policyTypes: [Ingress]'));
    expect(text).toContain('["api<br>no policy"]');
    expect(text).toContain('[("nats<br>may call anyone")]');
  });
});

describe('graph of a command line', () => {
  const two = (
    args: string,
    env = '',
  ): string => `{apiVersion: v1, kind: Pod, metadata: {name: front}, spec: {containers: [{name: a, ${env}args: ${args}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: back, labels: {app: back}}, spec: {containers: [{name: b, ports: [{containerPort: 9898}]}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: back}, spec: {selector: {app: back}, ports: [{port: 9898}]}}
`;

  it.each([
    ['a URL behind an option', "['--backend-url=http://back:9898/echo']"],
    ['a URL as the next word', "[--backend, 'http://back:9898']"],
    ['a URL alone', "[run, 'http://back:9898']"],
    ['an address behind an option', "['--back-addr=back:9898']"],
    ['host and port in two options', "['--back-host=back', '--back-port=9898']"],
  ])('draws %s', async (_, args) => {
    expect(await drawn(two(args))).toMatch(/n1 -->\|"\w+:9898"\| n0/);
  });

  it('expands its variables', async () => {
    expect(await drawn(two("['--url=http://$(BACK):9898']", 'env: [{name: BACK, value: back}], '))).toContain('-->');
  });

  it.each([
    "['--listen-address=back:9898']",
    "['--bind-addr=0.0.0.0:9898']",
    "['--web.external-url=http://back:9898']",
  ])('takes %s for no connection', async (args) => {
    expect(await drawn(two(args))).not.toContain('-->');
  });
});
