import { Type } from '@sinclair/typebox';

import { DomainError } from '../../../domain/kernel/errors.ts';
import { isDocumentKey, storeOf } from '../../../domain/kernel/names.ts';
import type { FieldDiff } from '../../../engine/projections/folding/compare.ts';
import { answered } from '../../pipeline/reads.ts';
import { route } from '../../route.ts';
import { OPERATION, Params } from './projection-operation.ts';

const MAX_VALUE_LENGTH = 500;

const AuditResponse = Type.Object({
  projection: Type.String(),
  documents: Type.Integer({ description: 'Documents compared with a fold of the log.' }),
  damages: Type.Array(
    Type.Object({
      key: Type.String(),
      kind: Type.String(),
      differences: Type.Array(
        Type.Object({
          field: Type.String(),
          expected: Type.Optional(Type.String({ description: 'JSON; absent: no such field.' })),
          found: Type.Optional(Type.String({ description: 'JSON; absent: no such field.' })),
        }),
      ),
    }),
    { description: "Mismatches in the caller's shop." },
  ),
  damagesOfOtherStores: Type.Integer({ description: 'Mismatches in other shops.' }),
  healed: Type.Boolean(),
});

export const auditProjection = route({
  method: 'post',
  path: '/projections/:name/audit',
  operationId: 'auditProjection',
  summary: 'Compare the documents of a read model with the log',
  description:
    'With `heal` it also restores documents that differ. The response comes when it is done.',
  ...OPERATION,
  params: Params,
  body: Type.Object({
    heal: Type.Boolean(),
    sample: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: 'Only a random sample of this many streams.',
      }),
    ),
    key: Type.Optional(
      Type.String({ minLength: 1, maxLength: 500, description: 'Only this document.' }),
    ),
  }),
  status: 200,
  response: AuditResponse,
  write: false,
  deadlineMs: 0,
  example: { heal: true },
  errors: ['not_found', 'not_caught_up'],
  async handle({ params, body, caller }, services) {
    const { name } = params;
    if (body.key !== undefined && !isDocumentKey(body.key)) {
      throw new DomainError(
        'invalid_request',
        'expected the key of a document, such as main.0199f2c1',
      );
    }
    const [report] = await answered(() =>
      services.projections.audit({ projection: name, ...body }),
    );
    if (!report) {
      throw new DomainError('not_caught_up', `expected ${name} to be live before its audit`);
    }
    const { documents, healed, damages } = report;
    const ofShop = damages.filter(({ key }) => storeOf(key) === caller.shop.id);
    return {
      status: 200,
      body: {
        projection: name,
        documents,
        healed,
        damages: ofShop.map(({ key, kind, differences }) => ({
          key,
          kind,
          differences: differences.map(inJson),
        })),
        damagesOfOtherStores: damages.length - ofShop.length,
      },
    };
  },
});

/** Values as JSON, truncated: the place matters, and the log has the whole values. */
function inJson({ field, expected, found }: FieldDiff) {
  const text = (value: unknown) => JSON.stringify(value).slice(0, MAX_VALUE_LENGTH);
  return {
    field,
    ...(expected !== undefined && { expected: text(expected) }),
    ...(found !== undefined && { found: text(found) }),
  };
}
