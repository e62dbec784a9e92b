/** What the people of one shop have seen so far, and choose from. */
export interface ShopView {
  readonly id: string;
  readonly currency: string;
  readonly orders: KnownOrder[];
  readonly customers: string[];
  readonly debts: { readonly customerId: string; readonly debtId: string }[];
}

export interface KnownOrder {
  readonly orderId: string;
  revision: number;
  dueMinor: number;
  paidMinor: number;
  readonly lineIds: readonly string[];
}

/** Learns from an answer about an order or an account. */
export function learn(view: ShopView, body: Record<string, unknown>): void {
  const { orderId, customerId, debt } = body;
  if (typeof orderId === 'string') learnOrder(view, orderId, body);
  else if (typeof customerId === 'string') {
    if (!view.customers.includes(customerId)) view.customers.push(customerId);
    const debtId = (debt as { debtId?: string } | undefined)?.debtId;
    if (debtId !== undefined) view.debts.push({ customerId, debtId });
  }
}

function learnOrder(view: ShopView, orderId: string, body: Record<string, unknown>): void {
  const { revision, dueMinor, paidMinor, lines } = body as {
    revision: number;
    dueMinor: number;
    paidMinor: number;
    lines: { lineId: string }[];
  };
  const known = view.orders.find((order) => order.orderId === orderId);
  if (!known) {
    const lineIds = lines.map(({ lineId }) => lineId);
    view.orders.push({ orderId, revision, dueMinor, paidMinor, lineIds });
  } else if (revision > known.revision) {
    Object.assign(known, { revision, dueMinor, paidMinor });
  }
}
