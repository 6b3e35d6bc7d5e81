import 'server-only';
import { getTranslations } from 'next-intl/server';
import type { ComponentType, ReactNode } from 'react';
import { tabTitle } from '@/lib/brand/tab-title';
import { isDatabaseUnavailable } from '@/lib/db/unavailable';
import { describeError, log } from '@/lib/log/log';

type MessageKey = Parameters<Awaited<ReturnType<typeof getTranslations<never>>>>[0];

/**
 * Makes a page that shows `Interruption` when the database fails during rendering. Next's error page needs script and
 * would stay empty without it.
 * @param title - the message that names the page in the browser's tab, or a function that returns the name
 */
export function interruptible<Props extends object>(
  render: (props: Props) => Promise<ReactNode>,
  Interruption: ComponentType,
  title: MessageKey | ((props: Props) => Promise<string>),
): (props: Props) => Promise<ReactNode> {
  async function content(props: Props): Promise<ReactNode> {
    try {
      return await render(props);
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      log().error({ event: 'page_interrupted', page: render.name, error: describeError(error) });
      return <Interruption />;
    }
  }
  return async (props) => (
    <>
      <title>{tabTitle(typeof title === 'function' ? await title(props) : (await getTranslations())(title))}</title>
      {await content(props)}
    </>
  );
}
