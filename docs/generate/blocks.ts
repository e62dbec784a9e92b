/** The generated blocks of a page: the text between two markers, by the name in the first one. */
export type Blocks = Readonly<Record<string, () => string>>;

const BLOCK = /<!-- generated: npm run docs \(([\w ]+)\) -->\n[\s\S]*?<!-- end -->/g;

/**
 * The page with the text of its blocks replaced. All else is written by hand and stays as it is.
 * @throws Error unless the page has each of the blocks, and no other.
 */
export function replaceBlocks(path: string, page: string, blocks: Blocks): string {
  const names = [...page.matchAll(BLOCK)].map(([, name = '']) => name);
  const expected = Object.keys(blocks);
  if (names.length !== expected.length || expected.some((name) => !names.includes(name))) {
    throw new Error(
      `expected ${path} to have the blocks ${String(expected)}, found ${String(names)}`,
    );
  }
  return page.replace(
    BLOCK,
    (_, name: string) =>
      `<!-- generated: npm run docs (${name}) -->\n\n${blocks[name]?.() ?? ''}\n\n<!-- end -->`,
  );
}
