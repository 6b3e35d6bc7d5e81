import { Bitcoin } from 'lucide-react';
import { assetSymbol } from '@/lib/money/assets';

/**
 * Draws an asset's symbol, or the first letter of its code. Decorative: name and code stand beside it. Many fonts lack the sign
 * of Bitcoin, so it is drawn.
 */
export function AssetMark({ code }: { code: string }) {
  return (
    <span
      aria-hidden
      className="grid size-9 shrink-0 place-items-center rounded-full bg-muted font-semibold text-muted-foreground"
    >
      {code === 'BTC' ? <Bitcoin className="size-5" /> : (assetSymbol(code) ?? code.slice(0, 1))}
    </span>
  );
}
