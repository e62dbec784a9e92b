/** Whether two values would be the same JSON text: the order of fields counts as well. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  if (one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const names = namesIn(a);
  const others = namesIn(b);
  if (names.length !== others.length) return false;
  return names.every((name, i) => name === others[i] && sameJson(a[name], b[name]));
}

function namesIn(fields: Record<string, unknown>): string[] {
  const names = Object.keys(fields);
  return names.every((name) => fields[name] !== undefined)
    ? names
    : names.filter((name) => fields[name] !== undefined);
}
