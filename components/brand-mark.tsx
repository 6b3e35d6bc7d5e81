import { brand } from '@/lib/brand/brand';
import { cn } from '@/lib/utils';

/** Draws the institution's mark. Decorative: the institution's name is beside it or in the link around it. */
export function BrandMark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={cn('rounded-control bg-primary', className)}>
      <path d={brand.logo.path} fillRule="evenodd" className="fill-primary-foreground" />
    </svg>
  );
}
