'use client';

/** Renders the page's `h1`, with an introduction below. */
export function PageHeading({ title, intro }: { title: string; intro?: string }) {
  return (
    <div className="mb-8 max-w-2xl space-y-2">
      <h1 className="text-balance font-bold text-3xl tracking-tight [overflow-wrap:anywhere]">{title}</h1>
      {intro && <p className="text-lg text-muted-foreground">{intro}</p>}
    </div>
  );
}
