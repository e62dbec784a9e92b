import { readFile } from 'node:fs/promises';

import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import type { KeyRing, MasterKey } from '../../ports/key-ring.ts';
import { explainFileError } from '../shared/file-errors.ts';
import { writeAtomically } from './shops-file.ts';

const MAX_KEYS = 1_000;
const Hex = Type.String({ pattern: '^[0-9a-f]{64}$' });
const KeyId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
const KeysSchema = Type.Record(KeyId, Hex, {
  maxProperties: MAX_KEYS,
  additionalProperties: false,
});
const FileSchema = Type.Object(
  { current: KeyId, keys: KeysSchema },
  { additionalProperties: false },
);
type Content = Static<typeof FileSchema>;

/**
 * The master keys in a file that only its owner may read. It does not have to exist: `add` creates
 * it. @throws UpstreamError when it cannot be used; the message never quotes its content.
 */
export async function openKeyRingFile(path: string): Promise<KeyRing> {
  let content = await readContent(path);

  return {
    source: path,
    canAdd: true,
    current: () => content && keyOf(content, content.current),
    find: (id) => content && keyOf(content, id),
    async reload() {
      content = await readContent(path);
    },
    async add({ id, key }) {
      // What another instance has added meanwhile stays.
      const before = await readContent(path);
      const keys = { ...before?.keys, [id]: Buffer.from(key).toString('hex') };
      content = { current: id, keys };
      await writeAtomically(path, `${JSON.stringify(content, undefined, 2)}\n`);
    },
  };
}

/**
 * The master keys of settings: JSON of key id to 64 hexadecimal digits, and the id of the one that
 * encrypts. @throws UpstreamError when they do not fit; the message never quotes a key.
 */
export function openKeyRingSettings(keys: string, current: string): KeyRing {
  const content = contentOf(
    'ENCRYPTION_KEYS',
    `{"current":${JSON.stringify(current)},"keys":${keys}}`,
  );
  if (content.keys[content.current] === undefined) {
    throw unusable('CURRENT_KEY_ID', 'expected the id of a key in ENCRYPTION_KEYS');
  }
  return {
    source: 'ENCRYPTION_KEYS',
    canAdd: false,
    current: () => keyOf(content, content.current),
    find: (id) => keyOf(content, id),
    reload: () => Promise.resolve(),
    add: () => Promise.reject(unusable('ENCRYPTION_KEYS', 'keys are added to the setting')),
  };
}

function keyOf({ keys }: Content, id: string): MasterKey | undefined {
  const hex = Object.hasOwn(keys, id) ? keys[id] : undefined;
  return hex === undefined ? undefined : { id, key: Buffer.from(hex, 'hex') };
}

async function readContent(path: string): Promise<Content | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, explainFileError(error) ?? 'it cannot be read', error);
  }
  const content = contentOf(path, text);
  if (content.keys[content.current] !== undefined) return content;
  throw unusable(path, 'expected `current` to be the id of one of its keys');
}

function contentOf(source: string, text: string): Content {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the text.
    throw unusable(source, 'expected JSON');
  }
  if (Value.Check(FileSchema, content)) return content;
  throw unusable(source, 'expected key ids, each with 64 hexadecimal digits in lower case');
}

function unusable(source: string, problem: string, cause?: unknown): UpstreamError {
  const message = `the master keys of ${source} cannot be used: ${problem}`;
  return new UpstreamError('store_unavailable', message, { source }, cause);
}
