import type { Config } from '../../config.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { ProviderStatus, TwilioGateway } from '../../providers/twilio/gateway.ts'

/** A message that the provider has, and of which it has told nothing for a while. */
export interface SilentMessage {
  id: number
  uuid: string
  message_sid: string
  message_type: string
  sender_number: string
  provider_call_at: number | null
}

/** What the provider says of one of them. */
export interface FoundStatus {
  message: SilentMessage
  status: ProviderStatus
}

export interface LookUpDeps {
  twilio: TwilioGateway
  metrics: Metrics
  config: Pick<Config, 'STATUS_LIST_ABOVE'>
}

/** Whom the provider could not be asked about, and whose turn did not come. */
export interface Unanswered {
  failed: SilentMessage[]
  postponed: SilentMessage[]
}

/** Our clock is not the provider's, and its times have whole seconds. */
const clockSkewMs = 5_000
/** So long a text may wait in the queue of its sender and still be looked for in the list. */
const queueingMs = 30_000
const questionsInFlight = 16
/** After so many failures the provider is left alone. */
const mostFailures = 10

/**
 * Finds out where messages are. Many of one number are looked for in the provider's list of what that number
 * sent, as long as that takes fewer requests than asking one by one by `STATUS_LIST_ABOVE`; whom the list does
 * not show, and few, are asked after singly, some at a time.
 *
 * @param found takes what was found, a page at a time; nothing more is asked for until it has
 * @param mayGoOn asked before every request
 */
export async function lookUpStatuses(
  deps: LookUpDeps,
  messages: readonly SilentMessage[],
  found: (statuses: FoundStatus[]) => Promise<void>,
  mayGoOn: () => boolean
): Promise<Unanswered> {
  const unanswered: Unanswered = { failed: [], postponed: [] }
  const isLeftAlone = (): boolean => unanswered.failed.length >= mostFailures || !mayGoOn()
  const single: SilentMessage[] = []
  for (const group of Map.groupBy(messages, listOf).values()) {
    if (!isListed(group, deps.config.STATUS_LIST_ABOVE)) single.push(...group)
    else if (isLeftAlone()) unanswered.postponed.push(...group)
    else {
      const { rest, hasFailed } = await lookInList(deps, group, found, mayGoOn)
      if (hasFailed) unanswered.failed.push(...rest)
      else if (mayGoOn()) single.push(...rest)
      else unanswered.postponed.push(...rest)
    }
  }
  await askSingly(deps, single, found, unanswered, isLeftAlone)
  return unanswered
}

/** Texts are listed by their sender; what has no time to look at, and calls, are not. */
const listOf = ({ message_type, sender_number, provider_call_at }: SilentMessage): string =>
  message_type === 'voice' || provider_call_at === null ? '' : sender_number

const isListed = ([first, ...others]: readonly SilentMessage[], above: number): boolean =>
  first !== undefined && listOf(first) !== '' && others.length >= above

/** Gives those that the list does not show, or that it is not worth reading on for. */
async function lookInList(
  { twilio, metrics, config }: LookUpDeps,
  group: readonly SilentMessage[],
  found: (statuses: FoundStatus[]) => Promise<void>,
  mayGoOn: () => boolean
): Promise<{ rest: SilentMessage[]; hasFailed: boolean }> {
  const above = config.STATUS_LIST_ABOVE
  const missing = new Map(group.map(message => [message.message_sid, message]))
  const times = group.map(({ provider_call_at }) => provider_call_at ?? 0)
  const since = times.reduce((a, b) => Math.min(a, b)) - clockSkewMs
  const until = times.reduce((a, b) => Math.max(a, b)) + queueingMs
  const pages = twilio.textsSentFrom(group[0]?.sender_number ?? '', since, until)
  for (let read = 1; ; read++) {
    let page: IteratorResult<ProviderStatus[]>
    try {
      page = await pages.next()
    } catch {
      metrics.providerCalls.inc({ operation: 'list_texts', outcome: 'unavailable' })
      return { rest: [...missing.values()], hasFailed: true }
    }
    if (page.done) break
    metrics.providerCalls.inc({ operation: 'list_texts', outcome: 'found' })
    await found(
      page.value.flatMap(status => {
        const message = missing.get(status.sid)
        missing.delete(status.sid)
        return message ? [{ message, status }] : []
      })
    )
    if (missing.size <= above || read * above >= group.length || !mayGoOn()) break
  }
  return { rest: [...missing.values()], hasFailed: false }
}

async function askSingly(
  { twilio, metrics }: LookUpDeps,
  messages: readonly SilentMessage[],
  found: (statuses: FoundStatus[]) => Promise<void>,
  unanswered: Unanswered,
  isLeftAlone: () => boolean
): Promise<void> {
  const queue = messages.values()
  const answers: FoundStatus[] = []
  const askOneAfterAnother = async (): Promise<void> => {
    for (const message of queue) {
      if (isLeftAlone()) {
        unanswered.postponed.push(message, ...queue)
        return
      }
      const answer = await twilio.fetchStatus(message.message_sid)
      metrics.providerCalls.inc({ operation: 'fetch_status', outcome: answer.kind })
      if (answer.kind === 'found') answers.push({ message, status: answer.status })
      if (answer.kind === 'unavailable') unanswered.failed.push(message)
    }
  }
  await Promise.all(Array.from({ length: questionsInFlight }, askOneAfterAnother))
  await found(answers)
}
