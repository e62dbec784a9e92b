import { type Static, Type } from '@sinclair/typebox';

import type { BookedDocument, ProviderBooks } from '../../ports/provider-client.ts';
import type { createCalls } from '../shared/provider-calls.ts';
import { minorUnits } from '../shared/provider-money.ts';
import { readable, UNREADABLE } from '../shared/provider-pages.ts';
import { createKept, quoted, type Versioned } from './kept.ts';
import { BookedSchema } from './schemas.ts';

/** Of one number there is one, or there was a time without unique numbers. */
const MAX_FOUND = 2;

type Booked = Static<typeof BookedSchema>;

/** Sales receipts, refund receipts and invoices of a company at QuickBooks Online. */
export function createQuickBooksBooks(
  call: ReturnType<typeof createCalls>,
  versioned: Versioned,
  homeCurrency: string,
): ProviderBooks {
  const bookedOf = ({ Id, TotalAmt, CurrencyRef }: Booked): BookedDocument | undefined => {
    const totalMinor = minorUnits(TotalAmt, CurrencyRef?.value ?? homeCurrency);
    return totalMinor === undefined ? undefined : { id: Id, totalMinor };
  };

  return {
    ...createKept(call, versioned, homeCurrency),
    async find(entity, number) {
      const wanted = `where DocNumber = '${quoted(number)}' maxresults ${MAX_FOUND}`;
      const schema = Type.Object({
        QueryResponse: Type.Object({ [entity]: Type.Optional(Type.Array(BookedSchema)) }),
      });
      const path = versioned('/query', { query: `select * from ${entity} ${wanted}` });
      const result = await call({ method: 'GET', path, schema });
      if (result.kind !== 'ok') return result;
      const found: readonly Booked[] = result.value.QueryResponse[entity] ?? [];
      return readable({ kind: 'ok', value: found[0] }, bookedOf);
    },
    async create(entity, body, requestKey) {
      const path = versioned(`/${entity.toLowerCase()}`, { requestid: requestKey });
      const schema = Type.Object({ [entity]: BookedSchema });
      const result = await call({ method: 'POST', path, body, schema });
      if (result.kind !== 'ok') return result;
      const booked = result.value[entity];
      const value = booked && bookedOf(booked);
      return value ? { kind: 'ok', value } : UNREADABLE;
    },
  };
}
