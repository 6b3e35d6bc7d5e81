import { expect, it } from 'vitest';
import { MailStore } from './mail-store';

it('keeps the last 500 mails', () => {
  const store = new MailStore();
  for (let n = 1; n <= 501; n++) store.add(mail(n));
  const ids = store.list().map(({ id }) => id);
  expect(ids).toHaveLength(500);
  expect(ids[0]).toBe('501');
  expect(store.find('1')).toBeUndefined();
});

function mail(n: number) {
  return { id: String(n), to: 'a@example.com', from: '', subject: '', date: '', text: '', html: '', links: [] };
}
