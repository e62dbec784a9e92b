import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { isCurrency, MAX_AMOUNT_MINOR } from '../../domain/kernel/money.ts';
import { isStoreId, SYSTEM_STORE } from '../../domain/kernel/names.ts';
import { oneOf } from '../../domain/kernel/schema.ts';
import { type Role, ROLES, type Shop } from '../../domain/kernel/shop.ts';
import { explainFileError, withFileName } from '../shared/file-errors.ts';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../shared/private-files.ts';
import { systemDigest } from './digest.ts';

const MAX_SHOPS = 10_000;
const MAX_KEYS = 1_000;
const KEY_BYTES = 32;
/** Roles of the keys that the first start makes. */
const FIRST_ROLES: readonly Role[] = ['till', 'manager', 'operator'];
const closed = { additionalProperties: false };

/** A text of a form that is described in words: a pattern is no message. */
const text = (pattern: string, expected: string) => Type.String({ pattern, expected });

const ShopSchema = Type.Object(
  {
    id: text('^[a-z0-9]{1,32}$', '1 to 32 of a-z and 0-9'),
    name: Type.String({ minLength: 1, maxLength: 200 }),
    currency: text('^[A-Z]{3}$', 'an ISO 4217 code such as EUR'),
    timezone: Type.String({ minLength: 1, maxLength: 100 }),
    dayStartsAt: text('^([01][0-9]|2[0-3]):[0-5][0-9]$', 'a local time such as 05:00'),
    drawerVarianceLimitMinor: Type.Optional(
      Type.Integer({ minimum: 0, maximum: MAX_AMOUNT_MINOR }),
    ),
    keys: Type.Array(
      Type.Object(
        {
          id: text('^[A-Za-z0-9_-]{1,64}$', '1 to 64 letters, digits, _ and -'),
          sha256: text('^[0-9a-f]{64}$', 'a SHA-256 in lower-case hex'),
          role: oneOf(ROLES),
        },
        closed,
      ),
      { maxItems: MAX_KEYS },
    ),
  },
  closed,
);
const ShopsSchema = Type.Array(ShopSchema, { minItems: 1, maxItems: MAX_SHOPS });

/** The shops file is not valid. Its content is never shown, because it could be a key. */
export class ShopsFileError extends Error {
  constructor(path: string, problem: string, cause?: unknown) {
    super(`the shops file ${path} cannot be used: ${problem}`, { cause });
    this.name = 'ShopsFileError';
  }
}

/**
 * Reads the shops of this installation; undefined when there is no such file.
 * @throws ShopsFileError with the path of the invalid value and what was expected there.
 */
export async function readShopsFile(path: string): Promise<readonly Shop[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const reason = explainFileError(error);
    throw new ShopsFileError(path, `it cannot be read: ${reason ?? String(error)}`, error);
  }
  let shops: unknown;
  try {
    // Editors on Windows write a byte order mark, which JSON.parse rejects.
    shops = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new ShopsFileError(path, 'expected JSON');
  }
  return assertShops(path, shops);
}

/** @throws ShopsFileError */
export function assertShops(path: string, shops: unknown): readonly Shop[] {
  if (!Value.Check(ShopsSchema, shops)) {
    const error = Value.Errors(ShopsSchema, shops).First();
    const expected: unknown = error?.schema['expected'];
    const message = `${error?.message.charAt(0).toLowerCase()}${error?.message.slice(1)}`;
    const problem = typeof expected === 'string' ? `expected ${expected}` : message;
    throw new ShopsFileError(path, `${error?.path || 'the file'}: ${problem}`);
  }
  const problem = problemIn(shops);
  if (problem !== undefined) throw new ShopsFileError(path, problem);
  return shops;
}

function problemIn(shops: Static<typeof ShopsSchema>): string | undefined {
  const ids = new Set<string>();
  const hashes = new Set<string>();
  for (const [i, shop] of shops.entries()) {
    const path = `/${i}`;
    if (!isStoreId(shop.id) || shop.id === SYSTEM_STORE) {
      return `${path}/id: expected 1 to 32 of a-z and 0-9 but not ${SYSTEM_STORE}`;
    }
    if (ids.has(shop.id)) return `${path}/id: expected each id once, found ${shop.id} again`;
    ids.add(shop.id);
    if (!isCurrency(shop.currency)) {
      return `${path}/currency: expected an ISO 4217 code, found ${shop.currency}`;
    }
    if (!isTimeZone(shop.timezone)) {
      return `${path}/timezone: expected an IANA name such as Europe/Rome, found ${shop.timezone}`;
    }
    const keyIds = new Set<string>();
    for (const [k, key] of shop.keys.entries()) {
      if (keyIds.has(key.id)) return `${path}/keys/${k}/id: expected each id of a shop once`;
      if (hashes.has(key.sha256)) return `${path}/keys/${k}/sha256: expected each key once`;
      keyIds.add(key.id);
      hashes.add(key.sha256);
    }
  }
  return undefined;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export interface FirstShop {
  readonly shops: readonly Shop[];
  /** The file with the keys, readable by its owner only. They are written nowhere else. */
  readonly keyFile: string;
}

/**
 * Creates a shops file with one shop, `main`, and a random key for each role, saved in the data
 * folder. The keys are written first: a crash in between leaves no shop without its keys.
 */
export async function createFirstShop(
  dataDir: string,
  storesFile: string = join(dataDir, 'stores.json'),
): Promise<FirstShop> {
  const secrets = FIRST_ROLES.map((role) => ({
    role,
    secret: `ts_${role}_${randomBytes(KEY_BYTES).toString('base64url')}`,
  }));
  const shop: Shop = {
    id: 'main',
    name: 'Main store',
    currency: 'USD',
    timezone: 'UTC',
    dayStartsAt: '00:00',
    keys: secrets.map(({ role, secret }) => ({
      id: role,
      sha256: systemDigest.sha256(secret),
      role,
    })),
  };
  const keyFile = keyFileOf(dataDir);
  for (const folder of [dataDir, dirname(storesFile)]) await makePrivateFolder(folder);
  await writeAtomically(keyFile, secrets.map(({ role, secret }) => `${role} ${secret}\n`).join(''));
  await writeAtomically(storesFile, `${JSON.stringify([shop], undefined, 2)}\n`);
  return { shops: [shop], keyFile };
}

async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
  } catch (error) {
    throw withFileName(path, error);
  }
}

function keyFileOf(dataDir: string): string {
  return join(dataDir, 'api-key.txt');
}

/** Atomic: the file is complete or missing, and at no moment readable by another user. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`;
  try {
    const file = await open(draft, 'w', PRIVATE_FILE);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(draft, PRIVATE_FILE);
    await rename(draft, path);
  } catch (error) {
    throw withFileName(path, error);
  }
}
