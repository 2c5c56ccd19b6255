import { invalid, refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { downloadTokenFor } from '../../webhooks/recording-events.ts'
import { findSession } from '../sessions/find-session.ts'
import { filesOf, shownRecordings } from './shown-recordings.ts'

const longestLife = 604_800

export const listSessionRecordings: Operation = {
  name: 'list-session-recordings',
  method: 'GET',
  path: '/videosdk/sessions/{sessionId}/recordings',
  label: 'Light',
  status: 200,
  handle: call => {
    const { world, query } = call
    const session = findSession(call)
    const files = filesOf(call, session)
    if (files.length === 0) throw refusal('unknownRecording')
    const recordings = shownRecordings(call, session, files)
    if (!(query.get('include_fields') ?? '').split(',').includes('download_access_token')) {
      return recordings
    }
    const life = lifeIn(query)
    return { ...recordings, download_access_token: downloadTokenFor(world, session, life) }
  }
}

function lifeIn(query: URLSearchParams): number | undefined {
  const text = query.get('ttl')
  if (text === null || text === '') return undefined
  if (/^\d{1,6}$/.test(text) && Number(text) <= longestLife) return Number(text)
  throw invalid({ field: 'ttl', message: `The value is from 0 to ${longestLife}.` })
}
