/** Lists names and values, as on a receipt. */
export function FactsOfOperation({ rows }: { rows: { name: string; value: string }[] }) {
  return (
    <dl className="divide-y divide-border">
      {rows.map(({ name, value }) => (
        <div key={name} className="grid gap-x-6 gap-y-0.5 py-3 sm:grid-cols-[10rem_1fr]">
          <dt className="text-muted-foreground">{name}</dt>
          <dd className="tabular-nums [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
