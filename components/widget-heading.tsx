'use client';

/** Renders the `h1` of a page with the widget. On small screens only screen readers get it, so that the widget comes first. */
export function WidgetHeading({ title, intro }: { title: string; intro?: string }) {
  return (
    <div data-widget-heading className="mb-6 max-w-2xl space-y-1">
      <h1 className="text-balance font-bold text-3xl tracking-tight">{title}</h1>
      {intro && <p className="text-lg text-muted-foreground">{intro}</p>}
    </div>
  );
}
