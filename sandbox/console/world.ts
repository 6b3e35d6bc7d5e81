import type { BankSessions } from '../identity/bank-sessions';
import type { KunaCoreServices } from '../kunacore/kunacore';
import type { KycService } from '../kyc/server';
import type { MailStore } from '../mailbox/mail-store';

/** Everything in the sandbox that the console shows and changes. */
export interface World {
  kunacore: KunaCoreServices;
  bankSessions: BankSessions;
  kyc: KycService;
  mails: MailStore;
  links: { portal: string; widget: string; bank: string; mailbox: string };
}
