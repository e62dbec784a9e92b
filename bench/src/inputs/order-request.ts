/** The order that the HTTP rows place: three lines, a discount and a tax, as a counter sends it. */
export const ORDER_PATH = '/orders';

export const ORDER_REQUEST = JSON.stringify({
  currency: 'EUR',
  lines: [
    {
      name: 'Flat white',
      quantity: '2',
      unitPriceMinor: 350,
      modifiers: [{ name: 'Oat milk', unitPriceMinor: 50 }],
    },
    { name: 'Croque monsieur', quantity: '1', unitPriceMinor: 890 },
    { name: 'Still water 0.5 l', quantity: '3', unitPriceMinor: 220 },
  ],
  discounts: [{ discountId: 'morning', name: 'Morning', percentage: '10' }],
  taxes: [{ taxId: 'vat', name: 'VAT', percentage: '8.5', kind: 'exclusive' }],
  channel: 'counter',
});
