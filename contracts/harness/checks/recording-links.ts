import { request } from 'undici'
import type { Arrival } from '../inbox.ts'
import { isRecord, list, textIn } from '../json.ts'
import type { TwilioControl } from '../twilio-control.ts'
import type { World } from '../world/world.ts'

/** A link to a recording, as an event told it. */
export interface RecordingLink {
  type: string
  url: string
  /** When it was made. */
  madeAt: number
}

/** How long the document promises that a link is good. */
const promisedHours = (type: string): number => (/voicemail|video/.test(type) ? 24 : 12)

/** The newest link of each type of event. */
export function linksIn(arrivals: readonly Arrival[]): RecordingLink[] {
  const links = arrivals.flatMap(({ payload }) => {
    const recordings = list(payload['video_call_recordings']).filter(isRecord)
    const url = textIn([payload, ...recordings].map(each => each['recording_url']).find(Boolean))
    const madeAt = Date.parse(textIn(payload['occurred_at']))
    return url === '' ? [] : [{ type: textIn(payload['type']), url, madeAt }]
  })
  return [...new Map(links.map(link => [link.type, link])).values()]
}

const hour = 3_600_000

/** Links open what they name, to whoever has them whole, and for no longer than they are promised to. */
export async function recordingLinks(
  world: World,
  twilio: TwilioControl,
  links: readonly RecordingLink[]
): Promise<void> {
  if (links.length === 0) return
  const judge = (type: string, problem: string | undefined): void => {
    const verdict = { group: 'events', check: 'events/links', subject: type, status: 0 } as const
    if (problem === undefined) world.ledger.pass(verdict)
    else world.ledger.fail(verdict, problem, '')
  }
  const expect = async (
    when: string,
    { type, url }: RecordingLink,
    isGood: boolean
  ): Promise<void> => {
    const status = await statusOf(url)
    const isRight = isGood ? status === 200 : status === 403
    judge(type, isRight ? undefined : `${when} the link to a recording answers ${status}: ${url}`)
  }
  for (const link of links) {
    await expect('made just now,', link, true)
    for (const changed of changesOf(link.url))
      await expect('changed,', { ...link, url: changed }, false)
  }
  // Somebody else's store keeps a time of its own.
  const ours = links.filter(({ url }) => url.startsWith(world.options.publicUrl))
  for (const hours of [12, 24]) {
    const of = ours.filter(({ type }) => promisedHours(type) === hours)
    if (of.length === 0) continue
    const expiry = hours * hour
    await until(twilio, Math.min(...of.map(({ madeAt }) => madeAt)) + expiry - 60_000)
    for (const link of of) await expect(`a minute before its ${hours} hours are over`, link, true)
    await until(twilio, Math.max(...of.map(({ madeAt }) => madeAt)) + expiry + 60_000)
    for (const link of of) await expect(`a minute after its ${hours} hours`, link, false)
  }
}

const until = async (twilio: TwilioControl, time: number): Promise<void> =>
  twilio.advance(time - (await twilio.now()))

async function statusOf(url: string): Promise<number> {
  const answer = await request(url)
  await answer.body.dump()
  return answer.statusCode
}

/** The link with each of its parameters changed or missing. */
function changesOf(link: string): string[] {
  const names = [...new URL(link).searchParams.keys()]
  return names.flatMap(name => {
    const [changed, without] = [new URL(link), new URL(link)]
    const value = changed.searchParams.get(name) ?? ''
    changed.searchParams.set(name, /^\d+$/.test(value) ? `${Number(value) + 1}` : flipped(value))
    without.searchParams.delete(name)
    return [changed.href, without.href]
  })
}

const flipped = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
