/**
 * Of one stream of an entity that is cut into periods: `none`, it has no event; `closed`, the next
 * one takes over.
 */
export type PeriodStatus = 'none' | 'open' | 'closed';
