import type { TwilioClient } from './client.ts'
import { restFailure } from './gateway.ts'

/** A number that we own at the provider. */
export interface BoughtNumber {
  sid: string
  number: string
  state: string | undefined
}

/** A number to be bought, and whom it calls. */
export interface WantedNumber {
  /** Two letters; any state when absent. */
  state: string | undefined
  /** Rather none than one of another state. */
  onlyThere: boolean
  /** By which it is found again. */
  name: string
  smsUrl: string
  voiceUrl: string
}

/** A sender in a messaging service. */
export interface ServiceMember {
  sid: string
  number: string
}

/** Where the texts to a number go. */
export interface NumberSettings {
  smsUrl: string
}

/** What the provider says to a change of a number; `unavailable` may become otherwise by itself. */
export type ChangeOutcome =
  | { kind: 'done' }
  | { kind: 'refused'; code: string; description: string }
  | { kind: 'unavailable'; reason: string }

/** The provider has nothing of the kind for sale. */
export class NoneForSale extends Error {}

/** Our numbers at Twilio. What reads rejects when the provider cannot be asked; what changes never does. */
export interface TwilioNumbers {
  /** One of our numbers, by its name. */
  findNumber(name: string): Promise<BoughtNumber | undefined>
  /** Searches and buys a number that texts and calls. Rejects with `NoneForSale` when there is none. */
  buyNumber(wanted: WantedNumber): Promise<BoughtNumber>
  /** Numbers and short codes of a messaging service; undefined when the provider has no such service. */
  membersOf(serviceSid: string): Promise<ServiceMember[] | undefined>
  /** Undefined for one that is not ours any more, and for a short code. */
  settingsOf(numberSid: string): Promise<NumberSettings | undefined>
  /** Puts a number into a messaging service; one that is there already stays. */
  addToService(serviceSid: string, numberSid: string): Promise<ChangeOutcome>
  /** Takes a number out of a messaging service, in which it need not be. */
  removeFromService(serviceSid: string, numberSid: string): Promise<ChangeOutcome>
}

export function createTwilioNumbers(client: TwilioClient): TwilioNumbers {
  return {
    async findNumber(name) {
      const [number] = await client.incomingPhoneNumbers.list({ friendlyName: name, limit: 1 })
      return number && { sid: number.sid, number: number.phoneNumber, state: undefined }
    },

    async buyNumber({ state, onlyThere, name, smsUrl, voiceUrl }) {
      const capable = { smsEnabled: true, mmsEnabled: true, voiceEnabled: true, limit: 1 }
      const { local } = client.availablePhoneNumbers('US')
      const inState = state === undefined ? [] : await local.list({ ...capable, inRegion: state })
      if (onlyThere && state !== undefined && inState.length === 0)
        throw new NoneForSale(`The provider has no number for sale in ${state}`)
      const [found] = inState.length > 0 ? inState : await local.list(capable)
      if (!found) throw new NoneForSale('The provider has no number for sale')
      const bought = await client.incomingPhoneNumbers.create({
        phoneNumber: found.phoneNumber,
        friendlyName: name,
        smsUrl,
        voiceUrl
      })
      return { sid: bought.sid, number: bought.phoneNumber, state: found.region || undefined }
    },

    async membersOf(serviceSid) {
      try {
        const service = client.messaging.v1.services(serviceSid)
        const numbers = await service.phoneNumbers.list({ pageSize: 400 })
        const shortCodes = await service.shortCodes.list({ pageSize: 400 })
        return [
          ...numbers.map(({ sid, phoneNumber }) => ({ sid, number: phoneNumber })),
          ...shortCodes.map(({ sid, shortCode }) => ({ sid, number: shortCode }))
        ]
      } catch (error) {
        if (restFailure(error).status === 404) return undefined
        throw error
      }
    },

    async settingsOf(numberSid) {
      if (!numberSid.startsWith('PN')) return undefined
      try {
        const { smsUrl }: { smsUrl: string | null } = await client
          .incomingPhoneNumbers(numberSid)
          .fetch()
        // The SDK says that this is text, and Twilio says null of a number that calls nobody.
        return { smsUrl: smsUrl ?? '' }
      } catch (error) {
        if (restFailure(error).status === 404) return undefined
        throw error
      }
    },

    async addToService(serviceSid, numberSid) {
      try {
        await client.messaging.v1
          .services(serviceSid)
          .phoneNumbers.create({ phoneNumberSid: numberSid })
        return { kind: 'done' }
      } catch (error) {
        return changeFailure(error, code => code === alreadyInService)
      }
    },

    async removeFromService(serviceSid, numberSid) {
      try {
        await client.messaging.v1.services(serviceSid).phoneNumbers(numberSid).remove()
        return { kind: 'done' }
      } catch (error) {
        return changeFailure(error, (_code, status) => status === 404)
      }
    }
  }
}

/** https://www.twilio.com/docs/api/errors/21710 */
const alreadyInService = '21710'

function changeFailure(
  error: unknown,
  isDone: (code: string, status: number | undefined) => boolean
): ChangeOutcome {
  const { status, code, message } = restFailure(error)
  if (isDone(code, status)) return { kind: 'done' }
  // Wrong credentials and too many requests say nothing of the number.
  const isRefusal = status !== undefined && status < 500 && status !== 401 && status !== 429
  if (isRefusal) return { kind: 'refused', code, description: message }
  return { kind: 'unavailable', reason: `${code} ${message}` }
}
