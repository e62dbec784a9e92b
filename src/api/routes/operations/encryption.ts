import { Type } from '@sinclair/typebox';

import type { EncryptionStatus } from '../../../engine/personal-data/master-keys.ts';
import { answered } from '../../pipeline/reads.ts';
import { query } from '../../query.ts';
import { type Route, route } from '../../route.ts';
import { OPERATION } from './projection-operation.ts';

const EncryptionResponse = Type.Object(
  {
    source: Type.String({ description: 'The file with the master keys, or `ENCRYPTION_KEYS`.' }),
    masterKeys: Type.Array(
      Type.Object({
        id: Type.String(),
        current: Type.Boolean({ description: 'It encrypts; the others only decrypt.' }),
        createdAt: Type.String({ description: 'When this installation first used it.' }),
        subjectKeys: Type.Integer({
          description:
            'Keys that it encrypts: of persons, and of the origins of a month. Where there are none, it may be removed.',
        }),
      }),
    ),
    rotationDueAt: Type.String({ description: 'When the current master key is to be replaced.' }),
  },
  { $id: 'Encryption' },
);

function responseOf({ source, masterKeys, rotationDueMs }: EncryptionStatus) {
  return {
    source,
    masterKeys: masterKeys.map(({ createdAtMs, ...key }) => ({
      ...key,
      createdAt: new Date(createdAtMs).toISOString(),
    })),
    rotationDueAt: new Date(rotationDueMs).toISOString(),
  };
}

/** The keys that protect personal data. No response holds a key. */
export const encryptionRoutes: readonly Route[] = [
  query({
    ...OPERATION,
    path: '/encryption',
    operationId: 'getEncryption',
    summary: 'The master keys of personal data, and when the next is due',
    waits: false,
    response: EncryptionResponse,
    read: async (_request, { masterKeys }) => responseOf(await answered(() => masterKeys.status())),
  }),
  route({
    ...OPERATION,
    method: 'post',
    path: '/encryption/rotate',
    operationId: 'rotateEncryption',
    summary: 'Replace the master key of personal data',
    description: 'The response comes when the keys of all persons are encrypted with the new one.',
    status: 200,
    response: EncryptionResponse,
    write: false,
    errors: ['keys_from_settings', 'contention'],
    handle: async (_request, { masterKeys }) => ({
      status: 200,
      body: responseOf(await answered(() => masterKeys.rotate())),
    }),
  }),
];
