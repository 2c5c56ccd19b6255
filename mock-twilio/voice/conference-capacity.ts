import type { World } from '../world.ts'
import type { ConferenceRecord } from './conference-record.ts'

/** https://www.twilio.com/docs/voice/twiml/conference#attributes-maxParticipants */
export const mostParticipants = 250

export const mostNameCharacters = 128
const mostLabelCharacters = 128

/** https://www.twilio.com/docs/api/errors/16023 */
export function isParticipantLabel(label: string): boolean {
  return (
    label.length <= mostLabelCharacters &&
    !label.includes('/') &&
    !/^CA[0-9a-fA-F]{32}$/.test(label)
  )
}

interface NoRoom {
  code: 16020 | 16021
  /** For the words of a refusal. */
  values: (string | number)[]
  message: string
}

/** Why nobody else gets in: the conference is full, or the account. Those who are being called count. */
export function checkRoom(
  world: World,
  conference: ConferenceRecord | undefined,
  most: number
): NoRoom | undefined {
  const count = conference?.participants.length ?? 0
  if (conference !== undefined && count >= most) {
    const values = [conference.friendlyName, count]
    return { code: 16020, values, message: `the conference is full: it has ${count} participants` }
  }
  const { conference_limit: limit } = world.origin
  if (limit === undefined) return undefined
  let inAll = 0
  for (const { participants } of world.conferences.open()) inAll += participants.length
  if (inAll < limit) return undefined
  return { code: 16021, values: [limit], message: `the account has ${limit} participants already` }
}
