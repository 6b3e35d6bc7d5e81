import { useLocale, useTranslations } from 'next-intl';
import { formatDate } from '@/lib/date-format';
import { formatMoney, formatRough } from '@/lib/money/format';
import type { Holdings } from '@/lib/wallet/holdings-schema';

const HEIGHT = 96;
/** Room for a value above the highest bar. */
const TOP = 18;
const COLUMN = 60;
const BAR = 36;

/** Shows purchases by month as a column chart, with the same figures in a table. One month alone is no chart. */
export function MonthsChart({ months, currency }: Pick<Holdings, 'months' | 'currency'>) {
  const t = useTranslations('holdings');
  const language = useLocale();
  if (months.filter(({ share }) => share > 0).length < 2) return null;
  const name = (month: string, style: 'short' | 'long') =>
    formatDate(`${month}-15T12:00:00Z`, language, {
      month: style,
      ...(style === 'long' ? { year: 'numeric' } : {}),
    });
  return (
    <figure className="border-border border-t pt-6">
      <figcaption className="mb-4 font-semibold">{t('months', { currency })}</figcaption>
      <svg aria-hidden viewBox={`0 ${-TOP} ${COLUMN * months.length} ${TOP + HEIGHT + 22}`} className="max-h-52 w-full">
        {months.map(({ month, value, share }, index) => {
          const height = share > 0 ? Math.max(share * HEIGHT, 3) : 1;
          const x = index * COLUMN;
          return (
            <g key={month}>
              <rect
                x={x + (COLUMN - BAR) / 2}
                y={HEIGHT - height}
                width={BAR}
                height={height}
                rx={share > 0 ? 4 : 0}
                className={share > 0 ? 'fill-chart-1' : 'fill-input'}
              />
              {share > 0 && (
                <text
                  x={x + COLUMN / 2}
                  y={HEIGHT - height - 6}
                  textAnchor="middle"
                  className="fill-foreground text-[11px] tabular-nums"
                >
                  {formatRough(value, language)}
                </text>
              )}
              <text
                x={x + COLUMN / 2}
                y={HEIGHT + 17}
                textAnchor="middle"
                className="fill-muted-foreground text-[12px]"
              >
                {name(month, 'short')}
              </text>
            </g>
          );
        })}
      </svg>
      <details className="mt-2 text-sm">
        <summary className="inline-flex min-h-9 items-center text-muted-foreground underline underline-offset-4 hover:text-foreground">
          {t('asTable')}
        </summary>
        <table className="mt-2 w-full text-left">
          <caption className="sr-only">{t('months', { currency })}</caption>
          <thead>
            <tr className="text-muted-foreground">
              <th scope="col" className="py-1.5 font-medium">
                {t('month')}
              </th>
              <th scope="col" className="py-1.5 text-right font-medium">
                {t('bought')}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-border">
            {months.map(({ month, value }) => (
              <tr key={month}>
                <th scope="row" className="py-1.5 font-normal">
                  {name(month, 'long')}
                </th>
                <td className="py-1.5 text-right tabular-nums">{formatMoney(value, currency, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
