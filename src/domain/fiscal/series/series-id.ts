/** The id of one period of a series: `<period>:<series>`. */
export const seriesStream = (seriesId: string, period: number): string => `${period}:${seriesId}`;

/** What such an id was made of. */
export function seriesOf(id: string): { readonly seriesId: string; readonly period: number } {
  const [period = '', seriesId = ''] = id.split(':');
  return { seriesId, period: Number(period) };
}
