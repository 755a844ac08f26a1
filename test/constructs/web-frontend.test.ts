import { describe, expect, it } from 'vitest';
import { WebFrontend } from '#constructs';
import type { WebFrontendProps } from '#constructs';
import { CONFIG_HASH_ANNOTATION } from '../../src/constructs/object/config-hash.ts';
import { rendered } from '#test-support/rendered';

const image = 'registry.example/shop/web:1.4.2';

function web(props: Partial<WebFrontendProps> = {}) {
  return rendered((chart) => {
    new WebFrontend(chart, 'web', { image, ...props });
  });
}

describe('WebFrontend', () => {
  it('serves on port 8080 behind a Service that is selected by the label app alone', () => {
    const service = web().object('Service/web').at('spec');
    expect(service.at('selector').value).toEqual({ app: 'web' });
    expect(service.at('ports', 0).value).toEqual({ name: 'http', port: 8080, targetPort: 'http', appProtocol: 'http' });
  });

  it('gives the page its settings by /config.js, mounted as a folder', () => {
    const objects = web({ settings: { tagline: '</script>', apiBase: '/api', beta: true } });
    const files = objects.object('ConfigMap/web-config').at('data').strings;
    expect(files['config.js']).toBe(
      'window.__CONFIG__ = Object.freeze({\n  "apiBase": "/api",\n  "beta": true,\n  "tagline": "\\u003c/script>"\n});\n',
    );
    expect(files['default.conf']).toContain('location = /config.js {');
    const mounts = objects
      .object('Deployment/web')
      .along(['spec', 'template', 'spec', 'containers', 0, 'volumeMounts']);
    expect(mounts.at(0).value).toEqual({ name: 'config', mountPath: '/etc/nginx/conf.d', readOnly: true });
  });

  it('rolls its pods when a setting changes, and only then', () => {
    const hash = (apiBase: string) =>
      web({ settings: { apiBase } })
        .object('Deployment/web')
        .along(['spec', 'template', 'metadata', 'annotations', CONFIG_HASH_ANNOTATION]).text;
    expect(hash('/api')).toBe(hash('/api'));
    expect(hash('/api')).not.toBe(hash('/v2'));
  });

  it('runs as a numeric user without rights, on a root that cannot be written, with a sized /tmp', () => {
    const spec = web().object('Deployment/web').at('spec', 'template', 'spec');
    expect(spec.at('securityContext', 'runAsUser').number).toBe(101);
    expect(spec.at('automountServiceAccountToken').value).toBe(false);
    expect(spec.at('enableServiceLinks').value).toBe(false);
    expect(spec.at('containers', 0, 'securityContext', 'readOnlyRootFilesystem').value).toBe(true);
    expect(spec.at('volumes', 1).value).toEqual({ name: 'tmp', emptyDir: { sizeLimit: '32Mi' } });
  });

  it('lets hashed assets be kept forever, but not an answer that one is missing', () => {
    const site = web().object('ConfigMap/web-config').at('data', 'default.conf').text ?? '';
    const assets = site.slice(site.indexOf('location /assets/'), site.indexOf('location /api/'));
    expect(assets).toContain('add_header Cache-Control "public, max-age=31536000, immutable";');
  });

  it('lets only the edge reach it', () => {
    const ingress = web().object('NetworkPolicy/web').at('spec', 'ingress');
    expect(ingress.value).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
    ]);
  });

  it('has a disruption budget and spreads from two replicas on, and none with one', () => {
    expect(() => web().object('PodDisruptionBudget/web')).toThrow('no PodDisruptionBudget/web');
    const two = web({ replicas: 2 });
    expect(two.object('PodDisruptionBudget/web').at('spec', 'maxUnavailable').number).toBe(1);
    expect(two.object('Deployment/web').at('spec', 'template', 'spec', 'topologySpreadConstraints').items).toHaveLength(
      1,
    );
  });

  it('reports every fault of its props at once', () => {
    const faulty = () => web({ image: 'web', replicas: 0, settingsVariable: '1st', contentSecurityPolicy: 'a "b"' });
    expect(faulty).toThrowErrorMatchingInlineSnapshot(`
      [DeclarationError: test/web: image is web, which has no tag and therefore means latest, a moving tag: use an exact version tag or a digest, such as redis:7.4.6-alpine [image-reference]
      test/web: replicas is 0, must be a positive integer: set it to 1 or more [web-replicas]
      test/web: settingsVariable is "1st", it must be a JavaScript identifier: write it like __CONFIG__ [web-settings-variable]
      test/web: contentSecurityPolicy contains a double quote or a line break, which would end the header early: remove it [web-csp]]
    `);
  });
});
