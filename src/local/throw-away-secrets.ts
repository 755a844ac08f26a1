import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { jsonOf } from './json-file.ts';

const PAIR = /^(.*)-(private|public)-key$/;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A value for a Secret's key that URLs, nats.conf and Redis ACLs read alike: `[A-Za-z][A-Za-z0-9_-]{31,}`. */
export function strongSecret(): string {
  const letter = LETTERS[(randomBytes(1)[0] ?? 0) % LETTERS.length] ?? 'A';
  return letter + randomBytes(32).toString('base64url');
}

/**
 * Values for every key of every Secret, made when first asked for. Keys named `…-private-key` and `…-public-key` are
 * the two halves of one Ed25519 pair, in PEM. With a file the values last as long as the data that knows them.
 */
export class ThrowAwaySecrets {
  private readonly values: Map<string, string>;
  private readonly file: string | undefined;

  constructor(options: { readonly file?: string; readonly given?: Readonly<Record<string, string>> } = {}) {
    this.file = options.file;
    const kept =
      this.file !== undefined && existsSync(this.file)
        ? jsonOf(this.file, 'delete the data folder, whose logins it held')
        : {};
    this.values = new Map(Object.entries({ ...(kept as Record<string, string>), ...options.given }));
  }

  /** Value of a key; the same at each call. */
  get(secret: string, key: string): string {
    const known = this.values.get(`${secret}/${key}`);
    if (known !== undefined) return known;
    const pair = PAIR.exec(key);
    if (pair === null) this.values.set(`${secret}/${key}`, strongSecret());
    else this.makePair(secret, pair[1] ?? '');
    this.keep();
    return this.values.get(`${secret}/${key}`) ?? '';
  }

  /** All keys of one Secret that were asked for so far, with their values. */
  entries(secret: string): [string, string][] {
    return [...this.values]
      .filter(([id]) => id.startsWith(`${secret}/`))
      .map(([id, value]) => [id.slice(secret.length + 1), value]);
  }

  private makePair(secret: string, stem: string): void {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    this.values.set(`${secret}/${stem}-private-key`, privateKey);
    this.values.set(`${secret}/${stem}-public-key`, publicKey);
  }

  private keep(): void {
    if (this.file !== undefined)
      writeFileSync(this.file, JSON.stringify(Object.fromEntries(this.values)), { mode: 0o600 });
  }
}
