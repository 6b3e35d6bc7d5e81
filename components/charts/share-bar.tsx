import { cn } from '@/lib/utils';
import { chartColour } from './chart-colour';

const WIDTH = 400;
const GAP = 2;

/** Draws shares of a whole as one bar. Decorative: the table beside it has the same figures. */
export function ShareBar({ shares }: { shares: { asset: string; share: number }[] }) {
  const drawn = shares.filter(({ share }) => share > 0);
  let from = 0;
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" className="h-3.5 w-full rounded-full">
      {drawn.map(({ asset, share }, index) => {
        const x = from;
        from += share * WIDTH;
        return (
          <rect
            key={asset}
            x={x}
            width={Math.max(share * WIDTH - GAP, 1)}
            height={14}
            className={cn('fill-current', chartColour(index))}
          />
        );
      })}
    </svg>
  );
}
