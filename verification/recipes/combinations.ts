/** What is carried out together: each recipe alone, and what banks have asked for at once. */
export const COMBINATIONS = [
  ['brand'],
  ['polish'],
  ['kyc'],
  ['login'],
  ['mail'],
  ['no-type-1'],
  ['no-desk'],
  ['no-ukrainian'],
  ['no-links'],
  ['no-statements'],
  ['brand', 'polish'],
  ['brand', 'no-ukrainian'],
  ['polish', 'no-desk'],
  ['brand', 'kyc', 'no-links'],
  ['no-type-1', 'no-desk', 'no-links', 'no-statements', 'no-ukrainian'],
  ['brand', 'polish', 'kyc', 'login', 'mail', 'no-type-1', 'no-desk', 'no-links', 'no-statements'],
];
