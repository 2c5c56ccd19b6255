import { refusal } from '../../errors.ts'
import { isWebUrl, text, texts, type Form } from '../../forms.ts'
import {
  recordingEvents,
  type RecordingCallback,
  type RecordingCallbackEvent
} from '../../voice/recording-record.ts'
import { readMethod } from '../calls/call-parameters.ts'

/** Where a recording is told; the names begin with ConferenceRecording for one of a whole conference. */
export function readRecordingCallback(
  form: Form,
  prefix = 'RecordingStatusCallback'
): RecordingCallback | null {
  const url = text(form, prefix)
  const method = readMethod(form, `${prefix}Method`)
  const events = readEvents(texts(form, `${prefix}Event`), `${prefix}Event`)
  if (url === undefined || url === '') return null
  if (!isWebUrl(url)) throw refusal(21609, url)
  return { url, method, events }
}

/** Repeated, or joined by spaces or commas. */
function readEvents(given: readonly string[], name: string): RecordingCallbackEvent[] {
  const words = given.flatMap(value => value.split(/[\s,]+/)).filter(word => word !== '')
  if (words.length === 0) return ['completed']
  return words.map(word => {
    const event = recordingEvents.find(known => known === word)
    if (event !== undefined) return event
    throw refusal(20001, `${name} is ${recordingEvents.join(', ')}, got ${word}`)
  })
}
