/** What the people of one shop have seen so far, and choose from. */
export interface ShopView {
  readonly id: string;
  readonly currency: string;
  readonly orders: KnownOrder[];
  readonly customers: string[];
  readonly debts: { readonly customerId: string; readonly debtId: string }[];
  readonly drawers: KnownDrawer[];
  readonly products: string[];
  /** Payments through the provider. */
  readonly payments: string[];
  readonly reservations: { readonly productId: string; readonly reservationId: string }[];
}

export interface KnownOrder {
  readonly orderId: string;
  revision: number;
  dueMinor: number;
  paidMinor: number;
  readonly lineIds: readonly string[];
  /** Payments that were taken at once. */
  readonly paymentIds: string[];
}

export interface KnownDrawer {
  readonly drawerId: string;
  revision: number;
  expectedMinor: number;
  status: string;
  /** It was counted, and its variance needs no approval: it can be closed. */
  isCounted: boolean;
}

/** Learns from an answer about an order, an account, a drawer session, a product or a stock. */
export function learn(view: ShopView, body: Record<string, unknown>): void {
  const { orderId, customerId, debt, drawerId, productId, paymentId } = body;
  if (typeof paymentId === 'string') {
    if (!view.payments.includes(paymentId)) view.payments.push(paymentId);
  } else if (typeof orderId === 'string') learnOrder(view, orderId, body);
  else if (typeof drawerId === 'string') learnDrawer(view, drawerId, body);
  else if (typeof productId === 'string') learnProduct(view, productId, body);
  else if (typeof customerId === 'string') {
    if (!view.customers.includes(customerId)) view.customers.push(customerId);
    const debtId = (debt as { debtId?: string } | undefined)?.debtId;
    if (debtId !== undefined) view.debts.push({ customerId, debtId });
  }
}

function learnProduct(view: ShopView, productId: string, body: Record<string, unknown>): void {
  if (!view.products.includes(productId)) view.products.push(productId);
  const reservation = body['reservation'] as { reservationId: string } | undefined;
  if (reservation) view.reservations.push({ productId, reservationId: reservation.reservationId });
}

function learnOrder(view: ShopView, orderId: string, body: Record<string, unknown>): void {
  const { revision, dueMinor, paidMinor, lines } = body as {
    revision: number;
    dueMinor: number;
    paidMinor: number;
    lines: { lineId: string }[];
  };
  const known = view.orders.find((order) => order.orderId === orderId);
  const payment = body['payment'] as { paymentId: string } | undefined;
  if (payment) known?.paymentIds.push(payment.paymentId);
  if (!known) {
    const lineIds = lines.map(({ lineId }) => lineId);
    view.orders.push({ orderId, revision, dueMinor, paidMinor, lineIds, paymentIds: [] });
  } else if (revision > known.revision) {
    Object.assign(known, { revision, dueMinor, paidMinor });
  }
}

function learnDrawer(view: ShopView, drawerId: string, body: Record<string, unknown>): void {
  const { revision, expectedMinor, status } = body as unknown as KnownDrawer;
  const isCounted = status === 'open' && body['needsApproval'] === false;
  const known = view.drawers.find((drawer) => drawer.drawerId === drawerId);
  if (!known) view.drawers.push({ drawerId, revision, expectedMinor, status, isCounted });
  else if (revision > known.revision)
    Object.assign(known, { revision, expectedMinor, status, isCounted });
}
