/** What an accounting system refuses, in words that say what to do. By its code. */
const REFUSALS: Readonly<Record<string, string>> = {
  '120': 'The user who connected QuickBooks has lost the rights of an administrator there.',
  '610':
    'Something that the document names is inactive or deleted at QuickBooks: make it active again, or map another one.',
  '2500': 'The mapping names an item, account or customer that QuickBooks does not have.',
  '3100': 'QuickBooks no longer lets this app in: connect it again.',
  '5010': 'The document was changed at QuickBooks in between.',
  '6000': 'A rule of QuickBooks forbids it.',
  '6190': 'The subscription of QuickBooks has ended: renew it there.',
  '6210':
    'The books are closed for that day: open the period at QuickBooks, or book it there by hand on an open day.',
  '6540': 'The document is in a bank deposit: take it out of the deposit at QuickBooks first.',
};

/** Why it was not taken, for people. They retry the delivery once it is corrected. */
export function refusalText(code: string): string {
  const known = REFUSALS[code];
  return known === undefined
    ? `The provider of the books did not take it: ${code}.`
    : `${known} Then retry. (${code})`;
}
