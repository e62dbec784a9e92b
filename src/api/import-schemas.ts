import { Type } from '@sinclair/typebox';

/** What an import did not take over as it stands. */
const Notice = Type.Object({
  code: Type.String(),
  path: Type.String({ description: 'JSON pointer into the request body.' }),
  message: Type.String(),
  action: Type.String({ description: 'What to do about it.' }),
});

/** The notices of one item of an import. */
export const noticesOf = (description: string) =>
  Type.Optional(Type.Array(Notice, { description }));

/** Where an item of an import is at fault, and what to do. */
export const faultFields = {
  path: Type.Optional(
    Type.String({ description: 'JSON pointer into the request body: the field at fault.' }),
  ),
  reason: Type.Optional(Type.String({ description: 'What was expected and found there.' })),
  action: Type.Optional(Type.String({ description: 'What to do about it.' })),
};
