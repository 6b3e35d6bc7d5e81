import { brand } from './brand';

const { primary, primaryForeground } = brand.colours.light;

/**
 * Returns the brand's mark as an SVG document, for favicon and app icons.
 * @param corner radius of the tile, from 0 (app icons: the system rounds them) to 16 (a circle), on a grid of 32.
 */
export function markSvg(corner: number): string {
  // Systems may crop an app icon's outer fifth (W3C manifest, maskable icons), so the mark is scaled down.
  const scale = corner === 0 ? ' transform="translate(3.2 3.2) scale(.8)"' : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="${corner}" fill="${primary}"/><path${scale} fill="${primaryForeground}" fill-rule="evenodd" d="${brand.logo.path}"/></svg>`;
}

/** Returns the preview image of a shared link, 1200 × 630 (Open Graph). */
export function sharedLinkSvg(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 630"><rect width="1200" height="630" fill="${brand.colours.light.background}"/><circle cx="1050" cy="90" r="360" fill="${primary}" opacity=".08"/><circle cx="120" cy="600" r="300" fill="${primary}" opacity=".08"/><rect x="480" y="195" width="240" height="240" rx="54" fill="${primary}"/><path transform="translate(480 195) scale(7.5)" fill="${primaryForeground}" fill-rule="evenodd" d="${brand.logo.path}"/></svg>`;
}
