/** A value made from a source, and made again only when the source gives another one. */
export function derived<Source, Value>(
  source: () => Source,
  make: (from: Source) => Value,
): () => Value {
  let made: { readonly from: Source; readonly value: Value } | undefined;
  return () => {
    const from = source();
    if (made?.from !== from) made = { from, value: make(from) };
    return made.value;
  };
}
