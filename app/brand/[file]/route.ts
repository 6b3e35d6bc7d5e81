import sharp from 'sharp';
import { markSvg, sharedLinkSvg } from '@/lib/brand/mark';

// Drawn from lib/brand/brand.ts at build time.
export const dynamic = 'force-static';
export const dynamicParams = false;

const SVG = 'image/svg+xml; charset=utf-8';
const PNG = 'image/png';
const FILES: Record<string, { type: string; draw: () => Promise<Buffer> | Buffer }> = {
  'icon.svg': { type: SVG, draw: () => Buffer.from(markSvg(8)) },
  'icon-32.png': { type: PNG, draw: () => png(markSvg(8), 32) },
  'icon-192.png': { type: PNG, draw: () => png(markSvg(0), 192) },
  'icon-512.png': { type: PNG, draw: () => png(markSvg(0), 512) },
  'apple-icon.png': { type: PNG, draw: () => png(markSvg(0), 180) },
  'shared-link.png': { type: PNG, draw: () => png(sharedLinkSvg(), 1200) },
};

export function generateStaticParams(): { file: string }[] {
  return Object.keys(FILES).map((file) => ({ file }));
}

/** Returns the brand's images: favicon, app icons and the preview of a shared link. */
export async function GET(_request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const image = FILES[(await params).file];
  if (!image) return new Response(null, { status: 404 });
  return new Response(new Uint8Array(await image.draw()), { headers: { 'content-type': image.type } });
}

function png(svg: string, width: number): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 600 })
    .resize({ width })
    .png({ compressionLevel: 9, palette: true })
    .toBuffer();
}
