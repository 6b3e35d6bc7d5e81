const WIDTH = 400;
const GAP = 2;
const FILLS = ['fill-chart-1', 'fill-chart-2', 'fill-chart-3', 'fill-chart-4', 'fill-chart-5'];

/** Parts of a whole as one bar, for looking; the table beside it has the same in words. */
export function ShareBar({ parts }: { parts: { asset: string; share: number }[] }) {
  const drawn = parts.filter(({ share }) => share > 0);
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
            className={FILLS[index] ?? 'fill-chart-6'}
          />
        );
      })}
    </svg>
  );
}
