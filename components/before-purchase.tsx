'use client';

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { hasNothing, holdingsQuery, type Known } from './holdings-query';

/** Renders the children, and with `known` figures only before the first purchase. */
export function BeforePurchase({ known, children }: { known?: Known; children: ReactNode }) {
  const { data } = useQuery({ ...holdingsQuery(known), enabled: known !== undefined });
  const isFirst = data ? hasNothing(data) : known?.isNew;
  return known && !isFirst ? null : children;
}
