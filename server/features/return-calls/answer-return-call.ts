import type { Database } from '../../platform/database.ts'
import { callTwiml, type CallStep } from '../../telephony/call-twiml.ts'
import type { Config } from '../../config.ts'
import { callUrls } from '../provider-callbacks/call-urls.ts'
import { findDevice, findReturnPairing, type ReturnPairing } from './find-pairing.ts'

/** What a caller may choose. */
export const menuKeys = { connect: '1', voicemail: '2', opt_out: '3' } as const
export type MenuChoice = keyof typeof menuKeys

export const choiceOf = (digits: string): MenuChoice | undefined =>
  (['connect', 'voicemail', 'opt_out'] as const).find(choice => menuKeys[choice] === digits)

/** What the provider asks in a call to one of our numbers. */
export interface ReturnQuestion {
  from: string
  to: string
  pairingId: number | undefined
  /** Where in the menu the call is: '' at its beginning. */
  step: string
  digits: string
  /** What became of the staff member's leg. */
  dialStatus: string
}

export interface ReturnCallDeps {
  database: Database
  now: number
  config: Pick<Config, 'PUBLIC_URL' | 'RECORD_CALLS' | 'CALL_RING_SECONDS' | 'VOICEMAIL_SECONDS'>
}

const listeningSeconds = 6
const silenceSeconds = 5

const menuText =
  'Press 1 to be connected, 2 to leave a message, or 3 to receive no more calls from this number.'
const unknownCaller =
  'We do not know the number that you are calling from, and cannot connect you. Please call your school directly. Goodbye.'
const farewell = 'You will receive no more calls from this number. Goodbye.'
const connecting = 'Please hold while we connect you.'
const invitation = 'Please leave a message after the tone. Press the pound key when you are done.'
const nothingHeard = 'We did not hear you. Goodbye.'
const thanks = 'Thank you. Your message was recorded. Goodbye.'
const goodbye = 'Goodbye.'

/** What is to happen in a call of somebody who returns a call of ours, as TwiML. */
export async function answerReturnCall(
  deps: ReturnCallDeps,
  question: ReturnQuestion
): Promise<string> {
  const pairing = await findReturnPairing(deps.database, question)
  if (pairing === undefined) return callTwiml([{ say: unknownCaller }, { hangUp: true }])
  return callTwiml(await stepsOf(deps, question, pairing))
}

async function stepsOf(
  deps: ReturnCallDeps,
  { step, digits, dialStatus }: ReturnQuestion,
  pairing: ReturnPairing
): Promise<CallStep[]> {
  if (step === 'connected')
    return dialStatus === 'completed' || dialStatus === 'answered'
      ? [{ hangUp: true }]
      : voicemailSteps(deps, pairing)
  if (step === 'left') return [{ say: thanks }, { hangUp: true }]
  switch (choiceOf(digits)) {
    case 'connect':
      return connectSteps(deps, pairing)
    case 'voicemail':
      return voicemailSteps(deps, pairing)
    case 'opt_out':
      return [{ say: farewell }, { hangUp: true }]
    case undefined:
      break
  }
  return menuSteps(deps, pairing)
}

/** Asked twice; whoever says nothing is hung up on. */
function menuSteps({ config }: ReturnCallDeps, { id }: ReturnPairing): CallStep[] {
  const gather = {
    say: [{ say: menuText }],
    action: callUrls(config.PUBLIC_URL).menu(id, 'chosen'),
    timeoutSeconds: listeningSeconds
  }
  return [{ gather }, { gather }, { say: goodbye }, { hangUp: true }]
}

async function connectSteps(deps: ReturnCallDeps, pairing: ReturnPairing): Promise<CallStep[]> {
  const { config, database, now } = deps
  const device = await findDevice(database, pairing, now)
  if (device === undefined) return voicemailSteps(deps, pairing)
  const urls = callUrls(config.PUBLIC_URL)
  return [
    { say: connecting },
    {
      dialClient: {
        identity: device.identity,
        timeoutSeconds: config.CALL_RING_SECONDS,
        action: urls.menu(pairing.id, 'connected'),
        statusCallback: urls.returnStatus(pairing.id),
        recordingCallback: config.RECORD_CALLS ? urls.returnRecording(pairing.id) : undefined,
        parameters: {
          participant_number: pairing.participant_number,
          provider_number: pairing.provider_number,
          ...(pairing.client_conversation_id !== null && {
            client_conversation_id: pairing.client_conversation_id
          })
        }
      }
    }
  ]
}

function voicemailSteps({ config }: ReturnCallDeps, { id }: ReturnPairing): CallStep[] {
  const urls = callUrls(config.PUBLIC_URL)
  return [
    { say: invitation },
    {
      record: {
        action: urls.menu(id, 'left'),
        longestSeconds: config.VOICEMAIL_SECONDS,
        silenceSeconds,
        statusCallback: urls.voicemail(id),
        transcribeCallback: urls.transcription()
      }
    },
    { say: nothingHeard },
    { hangUp: true }
  ]
}
