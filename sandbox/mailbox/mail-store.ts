import type { Mail } from './mail';

const LIMIT = 500;

/** The last 500 mails, in memory. */
export class MailStore {
  private mails: Mail[] = [];

  add(mail: Mail): void {
    this.mails = [mail, ...this.mails].slice(0, LIMIT);
  }

  /** Returns mails newest first, optionally only those to one address, regardless of case. */
  list(to?: string): Mail[] {
    const recipient = to?.trim().toLowerCase();
    return recipient ? this.mails.filter((mail) => mail.to.toLowerCase().split(', ').includes(recipient)) : this.mails;
  }

  find(id: string): Mail | undefined {
    return this.mails.find((mail) => mail.id === id);
  }

  clear(): void {
    this.mails = [];
  }
}
