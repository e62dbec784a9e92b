import { type Static, Type } from '@sinclair/typebox';

import type { KeptDocument, ProviderBooks, ProviderResult } from '../../ports/provider-client.ts';
import type { createCalls } from '../shared/provider-calls.ts';
import { minorUnits } from '../shared/provider-money.ts';
import { orNone, readable, UNREADABLE } from '../shared/provider-pages.ts';
import { KeptSchema } from './schemas.ts';

/** Documents of one page of a list; their lines stay within a response. */
const PAGE = 500;
/** Documents of one number, where numbers are not unique. */
const MAX_SAME_NUMBER = 100;

/** How the line of a tip is described. */
const TIP = 'Tip';

export type Versioned = (path: string, query?: Readonly<Record<string, string>>) => string;

export const quoted = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");

/** What a company has, with all that a comparison needs. */
export function createKept(
  call: ReturnType<typeof createCalls>,
  versioned: Versioned,
  homeCurrency: string,
): Pick<ProviderBooks, 'list' | 'findAll' | 'get' | 'remove'> {
  async function select(entity: string, rest: string) {
    const schema = Type.Object({
      QueryResponse: Type.Object({ [entity]: Type.Optional(Type.Array(KeptSchema)) }),
    });
    const path = versioned('/query', { query: `select * from ${entity} ${rest}` });
    const result = await call({ method: 'GET', path, schema });
    if (result.kind !== 'ok') return result;
    return kept(entity, result.value.QueryResponse[entity] ?? []);
  }

  function kept(
    entity: string,
    found: readonly Static<typeof KeptSchema>[],
  ): ProviderResult<readonly KeptDocument[]> {
    const documents = found.map((each) => keptOf(entity, each, homeCurrency));
    if (!documents.every((each) => each !== undefined)) return UNREADABLE;
    return { kind: 'ok', value: documents };
  }

  return {
    async list(entity, { from, to }, start = 1) {
      const days = `where TxnDate >= '${from}' and TxnDate <= '${to}'`;
      const result = await select(
        entity,
        `${days} orderby Id startposition ${start} maxresults ${PAGE}`,
      );
      if (result.kind !== 'ok') return result;
      const documents = result.value;
      const more = documents.length < PAGE ? {} : { next: start + PAGE };
      return { kind: 'ok', value: { documents, ...more } };
    },
    findAll: (entity, number) =>
      select(entity, `where DocNumber = '${quoted(number)}' maxresults ${MAX_SAME_NUMBER}`),
    async get(entity, id) {
      const path = versioned(`/${entity.toLowerCase()}/${encodeURIComponent(id)}`);
      const schema = Type.Object({ [entity]: KeptSchema });
      const result = await call({ method: 'GET', path, schema });
      const found = orNone(result, ({ code }) => code === '610');
      return readable(found, (value) => {
        const document = value[entity];
        return document && keptOf(entity, document, homeCurrency);
      });
    },
    async remove({ entity, id, version }, requestKey) {
      const query = { operation: 'delete', requestid: requestKey };
      const body = { Id: id, SyncToken: version };
      const path = versioned(`/${entity.toLowerCase()}`, query);
      return call({ method: 'POST', path, body, schema: Type.Unknown() });
    },
  };
}

/** A document as the company has it now. Undefined: it has an amount that is none. */
function keptOf(
  entity: string,
  { Id, SyncToken, DocNumber, TxnDate, PrivateNote, ...document }: Static<typeof KeptSchema>,
  homeCurrency: string,
): KeptDocument | undefined {
  const currency = document.CurrencyRef?.value ?? homeCurrency;
  const totalMinor = minorUnits(document.TotalAmt, currency);
  if (totalMinor === undefined) return undefined;
  let tipMinor = 0;
  const byItem: Record<string, number> = {};
  for (const { Amount = 0, Description, SalesItemLineDetail } of document.Line ?? []) {
    if (!SalesItemLineDetail) continue;
    const amountMinor = minorUnits(Amount, currency);
    if (amountMinor === undefined) return undefined;
    const item = SalesItemLineDetail.ItemRef?.value ?? '';
    byItem[item] = (byItem[item] ?? 0) + amountMinor;
    if (Description === TIP) tipMinor += amountMinor;
  }
  return {
    ...{ entity, id: Id, number: DocNumber ?? '', day: TxnDate, note: PrivateNote ?? '' },
    ...{ totalMinor, tipMinor, byItem, version: SyncToken, isEdited: SyncToken !== '0' },
  };
}
