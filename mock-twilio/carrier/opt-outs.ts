import type { ProviderLimits } from './provider-limits.ts'

/*
 * Who said STOP to whom. A block stands between a handset and either one number or, when that number is in a
 * messaging service, the whole service.
 * https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
 */

export interface OptOut {
  handset: string
  /** A number, or a messaging service. */
  sender: string
  at: number
  keyword: string
}

export type Keyword = 'STOP' | 'START' | 'HELP'

/** Which word means what, in capitals. */
export type KeywordTable = ReadonlyMap<string, Keyword>

/** At a long code. The words of opting out have become more over the years. */
function usualKeywords({ optOutKeywords }: Pick<ProviderLimits, 'optOutKeywords'>): KeywordTable {
  return new Map<string, Keyword>([
    ...Array.from(optOutKeywords, word => [word, 'STOP'] as const),
    ...['START', 'YES', 'UNSTOP'].map(word => [word, 'START'] as const),
    ...['HELP', 'INFO'].map(word => [word, 'HELP'] as const)
  ])
}

// Toll-free numbers are guarded by their own network, which knows fewer words.
// https://support.twilio.com/hc/en-us/articles/360058144374
const tollFreeKeywords: KeywordTable = new Map<string, Keyword>([
  ['STOP', 'STOP'],
  ['START', 'START'],
  ['UNSTOP', 'START'],
  ['HELP', 'HELP'],
  ['INFO', 'HELP']
])

const tollFreeNumber = /^\+18(?:00|33|44|55|66|77|88)\d{7}$/

// A short code stands for itself: its owner minds the keywords.
const shortCode = /^\d{3,8}$/

/** What is minded at a number that has no settings of its own. */
export function keywordTableOf(
  receivedBy: string,
  limits: Pick<ProviderLimits, 'optOutKeywords'>
): KeywordTable {
  if (shortCode.test(receivedBy)) return new Map()
  return isTollFree(receivedBy) ? tollFreeKeywords : usualKeywords(limits)
}

export function isTollFree(phoneNumber: string): boolean {
  return tollFreeNumber.test(phoneNumber)
}

/** Only a message that is the keyword and nothing else counts, in any case. */
export function keywordIn(body: string, table: KeywordTable): Keyword | undefined {
  return table.get(body.trim().toUpperCase())
}

/** The network of toll-free numbers answers STOP and START itself; HELP stays the provider's. */
export const tollFreeReplies: Readonly<Partial<Record<Keyword, string>>> = {
  STOP: 'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. Text back "unstop" to receive messages again.',
  START:
    'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.'
}

/** The provider's own words. */
export const keywordReplies: Record<Keyword, string> = {
  STOP: 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.',
  START:
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
  HELP: 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.'
}

/** A text that the provider itself put on a handset, such as the answer to STOP. */
export interface ProviderReply {
  seq: number
  from: string
  to: string
  body: string
  at: number
}

export class OptOuts {
  readonly #blocks = new Map<string, OptOut>()

  has(handset: string, sender: string): boolean {
    return this.#blocks.size > 0 && this.#blocks.has(`${handset} ${sender}`)
  }

  /** False when it stood already. */
  add(optOut: OptOut): boolean {
    const key = `${optOut.handset} ${optOut.sender}`
    if (this.#blocks.has(key)) return false
    this.#blocks.set(key, optOut)
    return true
  }

  remove(handset: string, sender: string): boolean {
    return this.#blocks.delete(`${handset} ${sender}`)
  }

  list(): OptOut[] {
    return [...this.#blocks.values()]
  }

  save(): OptOut[] {
    return structuredClone(this.list())
  }

  restore(optOuts: readonly OptOut[]): void {
    for (const optOut of optOuts) this.add({ ...optOut })
  }
}
