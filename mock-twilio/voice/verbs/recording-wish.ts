import type { RecordingWish } from '../call-record.ts'
import {
  choiceOf,
  cut,
  methodOf,
  urlOf,
  warn,
  wordsOf,
  type Element,
  type Reading
} from '../reading.ts'

const events = ['in-progress', 'completed', 'absent'] as const

/** What Record and Dial say alike of a recording. */
export function readRecordingWish(
  reading: Reading,
  element: Element,
  channels: RecordingWish['channels']
): RecordingWish {
  const words = wordsOf(element, 'recordingStatusCallbackEvent')
  const wrong = words.find(word => !events.some(event => event === word))
  if (wrong !== undefined) {
    const message = `recordingStatusCallbackEvent is ${events.join(', ')}, got "${cut(wrong)}"`
    warn(reading, 13621, message)
  }
  const known = events.filter(event => words.includes(event))
  const trim = choiceOf(reading, element, 'trim', {
    among: ['trim-silence', 'do-not-trim'],
    usual: 'trim-silence',
    code: 13699
  })
  return {
    channels,
    track: choiceOf(reading, element, 'recordingTrack', {
      among: ['inbound', 'outbound', 'both'],
      usual: 'both',
      code: 12200
    }),
    trims: trim === 'trim-silence',
    statusCallback: urlOf(element, 'recordingStatusCallback'),
    statusCallbackMethod: methodOf(reading, element, 12200, 'recordingStatusCallbackMethod'),
    statusCallbackEvents: known.length > 0 ? known : ['completed']
  }
}
