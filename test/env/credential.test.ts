/** Every secret here was made up for this test, and is assembled so that no scanner of repositories takes it for one. */
import { describe, expect, test } from 'vitest';
import { looksLikeCredential } from '#env';

const LONG = 'Zx9'.repeat(20);

describe('by its name a literal is a credential', () => {
  test.each([
    'PASSWORD',
    'DB_PASSWORD',
    'DB_PASS',
    'PGPASSWORD',
    'MYSQL_PWD',
    'dbPassword',
    'db.password',
    'db-passwd',
    'DB_PASSWORD_2',
    'DB_PASSWORD_OLD',
    'KEY_PASSPHRASE',
    'JWT_SECRET',
    'CLIENT_SECRET',
    'COOKIE_SECRET',
    'AUTH_TOKEN',
    'GITHUB_TOKEN',
    'API_KEY',
    'APIKEY',
    'API_KEYS',
    'AWS_SECRET_ACCESS_KEY',
    'SECRET_KEY_BASE',
    'UPLOAD_TICKET_PRIVATE_KEY',
    'SIGNING_KEY',
    'VIEWER_SALT',
    'CREDENTIALS',
  ])('%s', (name) => {
    expect(looksLikeCredential(name, 'hunter2')).toBe('its name looks like a credential');
  });
});

describe('by its name a literal is none', () => {
  test.each([
    'COOKIE_NAME',
    'ARGON2_MEMORY_KIB',
    'ARGON2_TIME',
    'UPLOAD_TICKET_TTL_S',
    'UPLOAD_TICKET_PUBLIC_KEY',
    'NATS_CLIENT_NAME',
    'NATS_INBOX_PREFIX',
    'TOKEN_TTL_S',
    'TOKEN_ISSUER',
    'MAX_TOKENS',
    'PASSWORD_MIN_LENGTH',
    'PASSWORD_FILE',
    'SECRET_NAME',
    'IMAGE_PULL_SECRETS',
    'NEXT_PUBLIC_API_KEY',
    'PUBLIC_KEY',
    'SORT_KEY',
    'CACHE_KEY',
    'COMPASS',
    'BYPASS',
    'PWD',
    'OLDPWD',
    'SALT_ROUNDS',
    'TOKENIZER',
    'SECRETARY',
    'API_KEY_HEADER',
    'DLQ_PREFIX',
    'KEYBOARD',
  ])('%s', (name) => {
    expect(looksLikeCredential(name, 'hunter2')).toBeUndefined();
  });
});

describe('whatever its name, nothing secret is', () => {
  test.each([
    ['nothing', ''],
    ['a switch', 'true'],
    ['a switch', 'off'],
    ['a path', '/run/secrets/db/password'],
    ['a path', './tls/tls.key'],
    ['a file name', 'custom-script.js'],
    ['a file name', 'ca.crt'],
    ['a reference', '$(OTHER)'],
    ['a text with a reference', 'Bearer $(TOKEN_OF_OTHER)'],
  ])('%s: %j', (_, value) => {
    expect(looksLikeCredential('DB_PASSWORD', value)).toBeUndefined();
    expect(looksLikeCredential('TLS_KEY', value)).toBeUndefined();
  });

  test('but an escaped reference is text', () => {
    expect(looksLikeCredential('DB_PASSWORD', '$$(OTHER)')).toBe('its name looks like a credential');
  });
});

describe('by its shape a literal is a credential', () => {
  test.each([
    ['a private key in PEM', `-----BEGIN ${'PRIVATE'} KEY-----\nMC4CAQ\n-----END`],
    ['a private key in PEM', `-----BEGIN OPENSSH ${'PRIVATE'} KEY-----`],
    ['a private key in PEM', `-----BEGIN PGP ${'PRIVATE'} KEY BLOCK-----`],
    ['a JSON web token', `eyJ${LONG}.eyJ${LONG}.${LONG}`],
    ['an AWS access key id', `AKIA${'Q2'.repeat(8)}`],
    ['an AWS access key id', `id=ASIA${'Q2'.repeat(8)}`],
    ['a GitHub token', `ghp_${LONG}`],
    ['a GitLab token', `glpat-${LONG}`],
    ['a Stripe key', `sk_live_${LONG}`],
    ['a NATS nkey seed', `SU${'AB'.repeat(28)}`],
    ['an authorization header', `Basic ${LONG}`],
  ])('%s', (shape, value) => {
    expect(looksLikeCredential('SETTING', value)).toBe(`its value looks like ${shape}`);
  });

  test.each([
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB'],
    ['a digest of an image', `registry.example/app@sha256:${'ab'.repeat(32)}`],
    ['a uuid', '123e4567-e89b-12d3-a456-426614174000'],
    ['a subject', 'events.account.created'],
    ['a list of options', 'ladder=240p:400k,480p:1200k'],
    ['a cron line', '*/5 * * * *'],
    ['a sentence', 'the password is asked for'],
  ])('%s is none', (_, value) => {
    expect(looksLikeCredential('SETTING', value)).toBeUndefined();
  });
});

describe('a URL', () => {
  test.each([
    'postgresql://auth:hunter2@postgres:5432/video',
    'postgresql://$(DB_USER):hunter2@postgres:5432/video',
    'jdbc:postgresql://auth:hunter2@postgres/video',
    'redis://:hunter2@redis:6379',
    'nats://a:hunter2@one:4222,nats://a:$(PW)@two:4222',
    'nats://a:$(PW)@one:4222,nats://a:hunter2@two:4222',
    'mongodb://a:$(PW)@one,b:hunter2@two/db',
    'see https://me:hunter2@example.org/ for more',
    'amqps://a:p$$w@mq',
  ])('with a literal password is refused: %s', (value) => {
    expect(looksLikeCredential('SETTING', value)).toBe('its URL contains a password');
  });

  test.each([
    'jdbc:postgresql://postgres/video?user=auth&password=hunter2',
    'host=postgres user=auth password=hunter2',
    'Server=db;User Id=auth;Password=hunter2',
    'https://example.org/hook?access_token=hunter2',
    'DefaultEndpointsProtocol=https;AccountKey=hunter2',
  ])('or a connection string with one in a pair is refused: %s', (value) => {
    expect(looksLikeCredential('SETTING', value)).toBe('its text contains a password');
  });

  test.each([
    'postgresql://$(DB_USER):$(DB_PASS)@$(DB_HOST):$(DB_PORT)/$(DB_NAME)?application_name=$(SERVICE_NAME)',
    'postgresql://auth:$(DB_PASS)@postgres:5432/video',
    'postgresql://auth@postgres:5432/video',
    'postgresql://auth:@postgres:5432/video',
    'jdbc:postgresql://postgres/video?user=auth&password=$(DB_PASS)',
    'host=postgres user=auth password=$(DB_PASS)',
    'nats://nats.video-service.svc.cluster.local:4222',
    'nats://one:4222,nats://two:4222',
    'https://example.org:8443/users/@me',
    'https://example.org/a:b@c',
    'https://example.org/?to=a:b@example.org',
    'http://[::1]:8080/',
    'mailto:somebody@example.org',
    '$(SCHEME)://$(USER):$(PASS)@$(HOST)',
  ])('without one passes: %s', (value) => {
    expect(looksLikeCredential('DATABASE_URL', value)).toBeUndefined();
  });
});

test('a long text costs what its length asks for', { timeout: 5000 }, () => {
  for (const piece of ['a', 'a:', '://', 'a://b:', '$(A)', 'eyJ', 'S', ',a:', 'password', '-----BEGIN ', '/a', ' ']) {
    expect(looksLikeCredential('SETTING', piece.repeat(20_000))).toBeUndefined();
  }
});
