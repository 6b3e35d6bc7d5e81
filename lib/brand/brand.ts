/**
 * The institution's own face: change this file and the portal is yours.
 * Colours are also the CSS tokens `--brand-primary` and `--brand-on-primary` (app/layout.tsx sets them from here).
 */
export const brand = {
  name: 'Dnipro Bank',
  /** What stands in the square mark of the header. */
  monogram: 'D',
  colours: { primary: '#1d4ed8', onPrimary: '#ffffff', primaryDark: '#8fb4ff', onPrimaryDark: '#0b1220' },
  support: { email: 'support@example.com', phone: '+380 44 000 00 00' },
} as const;
