/**
 * Configuration of the static web server: the nginx configuration of one site, and the settings of the page as a
 * script.
 */

/** A setting that the page reads at run time. */
export type WebSetting = string | number | boolean | null;

/** Port of the web's server; below 1024 an unprivileged one could not listen. */
export const WEB_PORT = 8080;
/** Where nginx reads its sites from, and where the configuration is mounted as a whole. */
export const WEB_CONFIG_DIRECTORY = '/etc/nginx/conf.d';
/** The configuration's files. */
export const WEB_CONFIG_FILES = { site: 'default.conf', script: 'config.js' } as const;

/** The script `/config.js`: settings under a global name, safe to stand in a page. */
export function settingsScript(variable: string, settings: Readonly<Record<string, WebSetting>>): string {
  const sorted = Object.fromEntries(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
  const json = JSON.stringify(sorted, undefined, 2).replaceAll('<', '\\u003c');
  return `window.${variable} = Object.freeze(${json});\n`;
}

/** The site: files of the build, the page for every path of the router, settings never cached, hashed assets forever. */
export function siteConfig(props: { readonly root: string; readonly contentSecurityPolicy: string }): string {
  const headers = [
    'add_header Content-Security-Policy $content_security_policy always;',
    'add_header X-Content-Type-Options nosniff always;',
    'add_header Referrer-Policy strict-origin-when-cross-origin always;',
    'add_header X-Frame-Options DENY always;',
  ];
  // a location with an add_header of its own inherits none, so each states all
  const location = (match: string, lines: readonly string[]): string[] => [
    `  location ${match} {`,
    ...[...lines, ...headers].map((line) => `    ${line}`),
    '  }',
  ];
  return [
    'server {',
    `  listen ${WEB_PORT};`,
    `  listen [::]:${WEB_PORT};`,
    '  server_name _;',
    '  server_tokens off;',
    `  set $content_security_policy "${props.contentSecurityPolicy}";`,
    `  root ${props.root};`,
    '  index index.html;',
    '  charset utf-8;',
    '  gzip on;',
    '  gzip_types text/css application/javascript application/json image/svg+xml;',
    '',
    ...location('= /livez', ['access_log off;', 'default_type text/plain;', 'return 200 "ok\\n";']),
    ...location('= /config.js', [
      `alias ${WEB_CONFIG_DIRECTORY}/${WEB_CONFIG_FILES.script};`,
      'default_type application/javascript;',
      'add_header Cache-Control no-store always;',
    ]),
    ...location('/assets/', [
      'try_files $uri =404;',
      // not always: a 404 in the midst of a rollout must not be kept for a year
      'add_header Cache-Control "public, max-age=31536000, immutable";',
    ]),
    ...location('/api/', ['return 404;']),
    ...location('/', ['try_files $uri /index.html;', 'add_header Cache-Control no-cache always;']),
    '}',
    '',
  ].join('\n');
}
