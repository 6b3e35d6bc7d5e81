import 'server-only';
import type { ComponentType, ReactNode } from 'react';
import { isDatabaseUnavailable } from '@/lib/db/unavailable';
import { describeError, log } from '@/lib/log/log';

/**
 * Makes a page that shows `Interruption` when the database fails during rendering. Next's error page needs script and
 * would stay empty without it.
 */
export function interruptible<Props extends object>(
  render: (props: Props) => Promise<ReactNode>,
  Interruption: ComponentType,
): (props: Props) => Promise<ReactNode> {
  return async (props) => {
    try {
      return await render(props);
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      log().error({ event: 'page_interrupted', page: render.name, error: describeError(error) });
      return <Interruption />;
    }
  };
}
