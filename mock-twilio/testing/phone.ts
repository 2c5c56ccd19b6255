import { parseDuration } from '../../simulator/duration.ts'
import type { MockTwilio } from '../app.ts'
import { conversationOf, type ConversationEntry } from '../carrier/conversation.ts'
import { sourceOf } from '../carrier/handsets.ts'
import type {
  CallHabits,
  Delay,
  HandsetMedia,
  HandsetReply,
  Persona,
  When
} from '../carrier/persona.ts'
import type { World } from '../world.ts'
import { inCall, ringing, type InCall } from './in-call.ts'
import { somethingHappens } from './something-happens.ts'

/*
 * A person's phone, for tests that tell what people do.
 *
 * As it happens:
 *   await phone(mock, '+16015550123').texts('+16015550100', 'Is school open?')
 *   await mock.clock.advance('1 min')
 *   await phone(mock, '+16015550123').expects('It is open').replies('Thanks')
 *
 * Waiting for it, in the clock's time and not the wall's:
 *   await parent.receives('Your appointment', { within: '5 min' }).replies('STOP')
 *
 * Said before it happens:
 *   parent.when('Your appointment').replies('YES').after('2 min')
 *   parent.isOff('2 h')
 *
 * Calls:
 *   parent.answers().presses('1')
 *   await mock.clock.advance('1 min')
 *   parent.hears('School is closed')
 *   await parent.calls('+16015550100').hears('Press 1').presses('1').says('Hello').hangsUp()
 *
 * Whatever is not as expected is told with all that is on the phone.
 */

export interface Phone {
  number: string
  /** Sends a text, and settles when the application has answered. Gives its sid. */
  texts: (to: string, body: string) => Promise<string>
  sendsPicture: (to: string, picture: Picture, body?: string) => Promise<string>
  conversation: () => ConversationEntry[]
  /** The newest text on the screen that holds these words; without one, says what is there. */
  expects: (words: string) => ReceivedText
  /** The next text that this phone has not been asked for and that holds these words, awaited. */
  receives: (words: string, options?: { within?: number | string }) => Receiving
  /** Nothing on the screen, not even from the provider. */
  hasHeardNothing: () => void
  /** What the person does about a text that holds these words, from now on. */
  when: (words: string | When) => Reaction
  /** Texts that are awaited one after another, and what the person answers to each. */
  follows: (script: NonNullable<Persona['script']>) => Phone
  /** Anything else that can be said of a handset. */
  is: (persona: Persona) => Phone
  /** Until a time, or for so long. */
  isOff: (until: string | number) => Phone
  isOn: () => Phone
  isALandline: () => Phone
  isUnreachable: () => Phone
  /** Calls a number of the account. Awaited, it settles when the application has answered, with the call's sid. */
  calls: (to: string) => InCall
  /** Picks up what rings, waiting for it where nothing does. */
  picksUp: (options?: { within?: number | string }) => InCall
  /** What the person does in calls from now on, each when its words were heard. */
  inCalls: (...script: NonNullable<CallHabits['script']>) => Phone
  /** Picks up a call, after so long. */
  answers: (after?: Delay) => Phone
  isBusy: () => Phone
  letsItRing: () => Phone
  declines: () => Phone
  /** It greets for so long before it beeps. */
  isAnsweringMachine: (greeting?: Delay) => Phone
  /** What is pressed from now on: at the first Gather of a call, at the second. '' is nothing. */
  presses: (...digits: string[]) => Phone
  /** What is said from now on: at the first Gather of speech or Record of a call, at the second. */
  speaks: (...words: string[]) => Phone
  hasCallWaiting: () => Phone
  hangsUpAfter: (delay: Delay) => Phone
  /** The newest thing said in a call that holds these words, or played from an address that does. */
  hears: (words: string) => ConversationEntry
}

/** An address, or the bytes and what they are. */
export type Picture = string | { contentType: string; bytes: Buffer }

/** A text on the screen, and what the person does about it. */
export type ReceivedText = ConversationEntry & {
  /** Settles when the application has answered. Gives the sid of the reply. */
  replies: (body: string) => Promise<string>
  sendsPicture: (picture: Picture, body?: string) => Promise<string>
  /** Nothing was sent from the phone since. */
  staysSilent: () => ReceivedText
}

export type Receiving = Promise<ReceivedText> & {
  replies: (body: string) => Promise<string>
  sendsPicture: (picture: Picture, body?: string) => Promise<string>
}

/** Each step adds to what the person does, which begins to count at once. */
export interface Reaction {
  replies: (body: string) => Reaction
  sendsPicture: (picture: Picture, body?: string) => Reaction
  optsOut: () => Reaction
  optsIn: () => Reaction
  staysSilent: () => Reaction
  /** How long the person takes for the reply before this word. */
  after: (delay: Delay) => Reaction
  times: (times: number | 'once' | 'always') => Reaction
}

export function phone(mock: MockTwilio, number: string, accountSid?: string): Phone {
  const world: World = mock.world(accountSid)
  /** How many texts on the screen have been asked for by `receives`, by their words and place. */
  const taken = new Set<string>()
  const conversation = () => conversationOf(world, number)
  const screen = () => conversation().filter(isOnScreen)

  const send = async (to: string, body: string, media: readonly HandsetMedia[]) => {
    const { sid } = mock.inbound.receive(world, {
      from: number,
      to,
      body,
      media: media.map(sourceOf)
    })
    await mock.clock.advance(0)
    return sid
  }

  const fail = (what: string): never => {
    throw new Error(`${number} ${what}:\n${told(world, conversation())}`)
  }

  const asReceived = (entry: ConversationEntry): ReceivedText => {
    const sender = () => entry.with ?? fail('cannot answer a text without a sender')
    const text: ReceivedText = {
      ...entry,
      replies: body => send(sender(), body, []),
      sendsPicture: (picture, body = '') => send(sender(), body, [mediaOf(picture)]),
      staysSilent: () => {
        const all = conversation()
        const place = all.findLastIndex(({ sid, at, body }) =>
          entry.sid === null ? at === entry.at && body === entry.body : sid === entry.sid
        )
        const said = all.slice(place + 1).find(({ direction }) => direction === 'sent')
        if (said !== undefined) fail(`did not stay silent after "${entry.body}"`)
        return text
      }
    }
    return text
  }

  const takeNext = (words: string): ReceivedText | undefined => {
    const index = screen().findIndex(
      (entry, place) => entry.body.includes(words) && !taken.has(keyOf(entry, place))
    )
    const found = screen()[index]
    if (found === undefined) return undefined
    taken.add(keyOf(found, index))
    return asReceived(found)
  }

  const awaited = async (words: string, within: number | string): Promise<ReceivedText> => {
    const ms = typeof within === 'number' ? within : parseDuration(within)
    const limit = mock.clock.now() + ms
    for (;;) {
      const lastSeq = world.journal.lastSeq
      const found = takeNext(words)
      if (found !== undefined) return found
      if (!(await somethingHappens(mock, world, { limit, lastSeq }))) break
    }
    return takeNext(words) ?? fail(`received no text with "${words}" within ${within}`)
  }

  const takesCalls = (habits: CallHabits): Phone => {
    world.handsets.changeCalls(number, habits)
    return self
  }

  const self: Phone = {
    number,
    conversation,
    texts: (to, body) => send(to, body, []),
    sendsPicture: (to, picture, body = '') => send(to, body, [mediaOf(picture)]),
    expects: words => {
      const found = screen().findLast(({ body }) => body.includes(words))
      return found === undefined ? fail(`has no text with "${words}"`) : asReceived(found)
    },
    receives: (words, { within = '5 min' } = {}) => {
      const text = awaited(words, within)
      return Object.assign(text, {
        replies: async (body: string) => (await text).replies(body),
        sendsPicture: async (picture: Picture, body?: string) =>
          (await text).sendsPicture(picture, body)
      })
    },
    hasHeardNothing: () => {
      if (conversation().some(entry => isOnScreen(entry) || entry.direction === 'heard'))
        fail('has heard something')
    },
    when: words => reaction(world, number, words),
    follows: script => {
      world.handsets.change(number, { script })
      return self
    },
    is: persona => {
      world.handsets.change(number, persona)
      return self
    },
    isOff: until => self.is({ off: { until: timeOf(until, mock.clock.now()) } }),
    isOn: () => self.is({ off: { until: new Date(0).toISOString() } }),
    isALandline: () => self.is({ line: 'landline' }),
    isUnreachable: () => self.is({ condition: 'unreachable' }),
    calls: to => {
      const call = mock.calls.receive(world, { from: number, to })
      const answered = mock.clock.advance(0).then(() => call)
      return inCall({ mock, world, party: number }, answered)
    },
    picksUp: ({ within = '2 min' } = {}) => {
      const place = { mock, world, party: number }
      const pickedUp = ringing(place, within).then(async call => {
        mock.calls.pickUp(world, number, call.sid)
        await mock.clock.advance(0)
        return call
      })
      return inCall(place, pickedUp)
    },
    inCalls: (...script) => takesCalls({ script }),
    answers: after => takesCalls({ answers: 'person', ...(after === undefined ? {} : { after }) }),
    isBusy: () => takesCalls({ answers: 'busy' }),
    letsItRing: () => takesCalls({ answers: 'nobody' }),
    declines: () => takesCalls({ answers: 'declines' }),
    isAnsweringMachine: greeting =>
      takesCalls({ answers: 'machine', ...(greeting === undefined ? {} : { greeting }) }),
    presses: (...digits) => takesCalls({ presses: digits }),
    speaks: (...words) => takesCalls({ says: words }),
    hasCallWaiting: () => takesCalls({ call_waiting: true }),
    hangsUpAfter: delay => takesCalls({ hangs_up_after: delay }),
    hears: words => {
      const found = conversation().findLast(
        ({ direction, body, media }) =>
          direction === 'heard' && (body.includes(words) || media.some(url => url.includes(words)))
      )
      return found ?? fail(`has heard nothing with "${words}"`)
    }
  }
  return self
}

function reaction(world: World, number: string, words: string | When): Reaction {
  const when = typeof words === 'string' ? { contains: words } : words
  const replies: HandsetReply[] = []
  const rule: { when: When; replies: HandsetReply[]; times: 'once' | 'always' | number } = {
    when,
    replies,
    times: 'always'
  }
  const place = world.handsets.setRule(number, rule)
  const step = (change: () => void): Reaction => {
    change()
    world.handsets.setRule(number, rule, place)
    return self
  }
  const self: Reaction = {
    replies: body => step(() => replies.push({ body })),
    sendsPicture: (picture, body) =>
      step(() =>
        replies.push({ media: [mediaOf(picture)], ...(body === undefined ? {} : { body }) })
      ),
    optsOut: () => step(() => replies.push({ opts_out: true })),
    optsIn: () => step(() => replies.push({ opts_in: true })),
    staysSilent: () => step(() => replies.splice(0)),
    after: delay =>
      step(() => {
        const last = replies.at(-1)
        if (last === undefined) throw new Error('after() speaks about the reply before it')
        last.after = delay
      }),
    times: times =>
      step(() => {
        rule.times = times
      })
  }
  return self
}

function isOnScreen({ direction, on_screen: isThere }: ConversationEntry): boolean {
  return direction === 'received' && isThere
}

/** What the provider says by itself has no sid, and is known by its place. */
function keyOf({ sid, at, body }: ConversationEntry, place: number): string {
  return sid ?? `${at} ${place} ${body}`
}

function mediaOf(picture: Picture): HandsetMedia {
  if (typeof picture === 'string') return { url: picture }
  return { content_type: picture.contentType, base64: picture.bytes.toString('base64') }
}

function timeOf(until: string | number, now: number): string {
  if (typeof until === 'string' && /^\d{4}-/.test(until)) return new Date(until).toISOString()
  const ms = typeof until === 'number' ? until : parseDuration(until)
  return new Date(now + ms).toISOString()
}

const arrows = { sent: '->', received: '<-', heard: '<~' }

function told(world: World, conversation: readonly ConversationEntry[]): string {
  const now = new Date(world.now()).toISOString()
  const lines = conversation.map(({ at, direction, with: other, body, media, ...entry }) => {
    const arrow = `${arrows[direction]} ${other ?? 'no sender yet'}`
    const pictures = media.length > 0 ? ` [${media.join(', ')}]` : ''
    const error = entry.error_code === null ? '' : ` ${entry.error_code}`
    return `  ${at} ${arrow} ${JSON.stringify(body)}${pictures} (${entry.status}${error})`
  })
  return [...(lines.length > 0 ? lines : ['  nothing']), `  ${now} is now`].join('\n')
}
