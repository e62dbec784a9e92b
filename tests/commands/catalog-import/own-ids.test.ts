import { ownIdOf } from '../../../src/commands/catalog-import/square-objects.ts';

describe('the id of an exported object', () => {
  it.each([
    ['#tillstream/own%2F1', 'own/1'],
    ['#tillstream/product/group', 'group'],
  ])('%s is that of %s here', (id, own) => {
    expect(ownIdOf(id)).toBe(own);
  });

  it.each([
    'W62UWFY35CWMYGVWK6TWJDNI',
    '#other/1',
    '#tillstream/',
    '#tillstream/%00',
    '#tillstream/%E0%A4%A',
    `#tillstream/${'x'.repeat(201)}`,
  ])('%s has none', (id) => {
    expect(ownIdOf(id)).toBeUndefined();
  });
});
