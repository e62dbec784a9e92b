const usd = (amount: number) => ({ amount, currency: 'USD' });

/** Objects as `GET /v2/catalog/list` returns them: an item of three variations and its parts. */
export function squareCatalog({ largeMinor = 350 } = {}) {
  const variation = (id: string, name: string, data: Record<string, unknown>) => ({
    type: 'ITEM_VARIATION',
    id,
    version: 1,
    is_deleted: false,
    present_at_all_locations: true,
    item_variation_data: { item_id: 'I-COFFEE', name, pricing_type: 'FIXED_PRICING', ...data },
  });
  return {
    objects: [
      {
        type: 'ITEM',
        id: 'I-COFFEE',
        version: 1,
        is_deleted: false,
        item_data: {
          name: 'Coffee',
          description: 'Hot bean juice',
          product_type: 'FOOD_AND_BEV',
          categories: [{ id: 'C-HOT', ordinal: 0 }],
          tax_ids: ['T-1'],
          modifier_list_info: [
            { modifier_list_id: 'ML-MILK', enabled: true, max_selected_modifiers: 1 },
          ],
          food_and_beverage_details: { ingredients: [{ standard_name: 'MILK' }] },
          variations: [
            variation('V-REGULAR', 'Regular', {
              sku: 'CO-R',
              price_money: usd(250),
              track_inventory: true,
              location_overrides: [
                { location_id: 'L-AIRPORT', price_money: usd(300) },
                { location_id: 'L-MAIN', price_money: usd(250) },
              ],
            }),
            variation('V-LARGE', 'Large', { sku: 'CO-L', price_money: usd(largeMinor) }),
            variation('V-OPEN', 'Open', { pricing_type: 'VARIABLE_PRICING' }),
          ],
        },
      },
      {
        type: 'CATEGORY',
        id: 'C-DRINKS',
        category_data: { name: 'Beverages', is_top_level: true },
      },
      {
        type: 'MODIFIER_LIST',
        id: 'ML-MILK',
        modifier_list_data: {
          name: 'Milk',
          selection_type: 'MULTIPLE',
          modifiers: [
            {
              type: 'MODIFIER',
              id: 'M-OAT',
              modifier_data: { name: 'Oat', price_money: usd(50), modifier_list_id: 'ML-MILK' },
            },
            { type: 'MODIFIER', id: 'M-SOY', modifier_data: { name: 'Soy' } },
          ],
        },
      },
      { type: 'TAX', id: 'T-1', tax_data: { name: 'Sales tax', percentage: '8.5' } },
    ],
    related_objects: [
      {
        type: 'CATEGORY',
        id: 'C-HOT',
        category_data: { name: 'Hot', parent_category: { id: 'C-DRINKS' } },
      },
    ],
  };
}
