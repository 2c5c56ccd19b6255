import { zoomTime } from '../dates.ts'
import type { FileRecord } from '../resources/recording.ts'
import type { SessionRecord } from '../resources/session.ts'
import { audioFile, videoFile } from './mp4.ts'

export interface Content {
  contentType: string
  bytes: Buffer
}

/** Longer media would only be longer. */
const longestMediaMs = 4 * 3_600_000

/** What is in a file: the same again each time that it is fetched. */
export function contentOf(session: SessionRecord, file: FileRecord): Content {
  const ms = Math.min(longestMediaMs, Math.max(1, file.endedAt - file.startedAt))
  switch (file.extension) {
    case 'MP4':
      return { contentType: 'video/mp4', bytes: videoFile(ms) }
    case 'M4A':
      return { contentType: 'audio/mp4', bytes: audioFile(ms) }
    case 'VTT':
      return { contentType: 'text/vtt; charset=utf-8', bytes: Buffer.from(vtt(session, file)) }
    case 'JSON':
      return { contentType: 'application/json', bytes: Buffer.from(document(session, file)) }
    default:
      return { contentType: 'text/plain; charset=utf-8', bytes: Buffer.from(chat(session, file)) }
  }
}

/** Who came and went, as nobody here has said anything. */
function vtt(session: SessionRecord, file: FileRecord): string {
  const cues = happenings(session, file).map(({ at, words }, place) => {
    const from = at - file.startedAt
    return `${place + 1}\n${cueTime(from)} --> ${cueTime(from + 2000)}\n${words}\n`
  })
  return `WEBVTT\n\n${cues.join('\n')}`
}

/** What stands in a text for one who is called so: `-->` and line breaks would end it. */
function inCue(name: string): string {
  return name.replaceAll(/\s+/g, ' ').replaceAll('-->', '->')
}

function happenings(
  { users, chat }: SessionRecord,
  { startedAt, endedAt }: FileRecord
): { at: number; words: string }[] {
  const all = [
    ...users.map(({ name, joinedAt }) => ({ at: joinedAt, words: `${name}: Hello.` })),
    ...users.flatMap(({ name, leftAt }) =>
      leftAt === null ? [] : [{ at: leftAt, words: `${name}: Goodbye.` }]
    ),
    ...chat.map(({ at, name, text }) => ({ at, words: `${name}: ${text}` }))
  ]
  return all
    .map(({ at, words }) => ({ at: Math.max(startedAt, at), words: inCue(words) }))
    .filter(({ at }) => at <= endedAt)
    .toSorted((a, b) => a.at - b.at)
}

function cueTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23)
}

function document(session: SessionRecord, file: FileRecord): string {
  if (file.fileType === 'SUMMARY') {
    const names = [...new Set(session.users.map(({ name }) => name))]
    return JSON.stringify({
      session_name: session.name,
      summary_overview: `${names.join(', ')} met for ${Math.round((file.endedAt - file.startedAt) / 1000)} seconds.`,
      next_steps: []
    })
  }
  const timeline = happenings(session, file).map(({ at, words }) => ({
    ts: cueTime(at - file.startedAt),
    users: [{ username: words.split(':')[0] }]
  }))
  return JSON.stringify({ version: '1.0', timeline })
}

function chat(session: SessionRecord, { startedAt, endedAt }: FileRecord): string {
  return session.chat
    .filter(({ at }) => at >= startedAt && at <= endedAt)
    .map(({ at, name, text }) => `${zoomTime(at).slice(11, 19)}\t${inCue(name)}:\t${text}\n`)
    .join('')
}
