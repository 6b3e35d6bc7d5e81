'use client';

import { brandTokens } from '@/lib/brand/tokens';

/** Sets the brand's tokens. React finds a style with `href` by its name, also after an extension has added styles. */
export function BrandStyle() {
  return (
    <style href="brand" precedence="brand">
      {brandTokens}
    </style>
  );
}
