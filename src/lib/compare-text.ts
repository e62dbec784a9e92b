/**
 * Compares two texts as the read stores do: by code points, which is the order of their UTF-8
 * bytes. Code units sort differently above U+FFFF.
 */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left === right) continue;
    return rankOf(left) - rankOf(right);
  }
  return a.length - b.length;
}

/** Surrogates, which only occur in code points above U+FFFF, come after all other code units. */
function rankOf(unit: number): number {
  return isSurrogate(unit) ? unit + 0x10000 : unit;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
