/** What truly happens to a message at the provider, as far as it is called back. */
export interface MessageHistory {
  /** What the answer to the create request says: `accepted` through a messaging service. */
  created: 'queued' | 'accepted'
  /** Our own waiting before the provider hears of it. */
  isScheduled: boolean
  /** In their true order, each once. The last is where the message ends. */
  statuses: readonly string[]
  /** Of `failed` and `undelivered`. */
  errorCode: string | null
}

const fromNumber = (
  statuses: readonly string[],
  errorCode: string | null = null
): MessageHistory => ({ created: 'queued', isScheduled: false, statuses, errorCode })

const throughService = (
  statuses: readonly string[],
  errorCode: string | null = null
): MessageHistory => ({ created: 'accepted', isScheduled: false, statuses, errorCode })

const scheduled = (
  statuses: readonly string[],
  errorCode: string | null = null
): MessageHistory => ({ created: 'accepted', isScheduled: true, statuses, errorCode })

/**
 * Every kind of path of one message. The status that a message is created in is never called back. `sending` is
 * seen by some accounts only; `sent` stays the last where a carrier gives no receipts; `read` is told on rich
 * channels. The last lines are messages of which nothing more is heard.
 * https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
 */
export const messageHistories: readonly MessageHistory[] = [
  fromNumber(['sent', 'delivered']),
  fromNumber(['sent', 'undelivered'], '30003'),
  fromNumber(['sent']),
  fromNumber(['failed'], '30001'),
  fromNumber(['sending', 'sent', 'delivered']),
  fromNumber(['sending', 'sent', 'undelivered'], '30005'),
  fromNumber(['sending', 'sent']),
  fromNumber(['sending', 'failed'], '30008'),
  fromNumber(['sent', 'delivered', 'read']),

  throughService(['queued', 'sent', 'delivered']),
  throughService(['queued', 'sent', 'undelivered'], '30007'),
  throughService(['queued', 'sent']),
  throughService(['queued', 'failed'], '30002'),
  throughService(['failed'], '21703'),
  throughService(['queued', 'sending', 'sent', 'delivered']),
  throughService(['queued', 'sending', 'sent', 'undelivered'], '30034'),
  throughService(['queued', 'sending', 'sent']),
  throughService(['queued', 'sending', 'failed'], '30036'),
  throughService(['queued', 'sent', 'delivered', 'read']),
  throughService(['canceled']),

  scheduled(['queued', 'sent', 'delivered']),
  scheduled(['queued', 'sent', 'undelivered'], '30006'),
  scheduled(['queued', 'failed'], '30001'),
  scheduled(['canceled']),

  fromNumber(['sending']),
  throughService(['queued']),
  throughService(['queued', 'sending'])
]
