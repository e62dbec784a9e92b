import type { MappedProvider } from '../../../domain/field-mappings/index.ts';
import { formatAmount } from '../../../domain/kernel/format-money.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import type { CustomerAccount } from '../../../projections/accounts/account/document.ts';
import type { OrderDetails } from '../../../projections/orders/details/document.ts';

type Source = Readonly<Record<string, unknown>>;

/**
 * An order as mappings read it: its first line is the event and the ticket. QuickBooks takes
 * amounts as decimals, the others in minor units.
 */
export function sourceOf(
  provider: MappedProvider,
  order: OrderDetails,
  customer: CustomerAccount | undefined,
): Source {
  const { currency, totals } = order;
  const amount = (minor: number) =>
    provider === 'quickbooks' ? Number(formatAmount(minor, currency)) : minor;
  const line = order.lines.find(({ voided }) => !voided);
  const price = line && amount(line.unitPriceMinor);
  return {
    event: omitUndefined({ name: line?.name, description: line?.note || undefined, price }),
    ticket: omitUndefined({ type: line?.variation, price }),
    ...(customer && { customer: fieldsOf(customer) }),
    transaction: { amount: amount(totals.totalMinor) },
  };
}

/** A first name ends at the first space, as people write most names. */
function fieldsOf({ customerId: id, name, email }: CustomerAccount): Source {
  const [firstName = name, ...rest] = name.split(' ');
  const lastName = rest.join(' ') || undefined;
  return omitUndefined({ id, name, firstName, lastName, email });
}
