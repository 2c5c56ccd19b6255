import type { Readable } from 'node:stream'
import { encodeId, type ZoomClient, ZoomRequestError } from './client.ts'

/** A session as the provider lists it. Times as it writes them. */
export interface ListedSession {
  id: string
  name: string | undefined
  key: string | undefined
  startTime: string | undefined
  endTime: string | undefined
  hasRecording: boolean
}

/** Somebody who was in a session. */
export interface ListedUser {
  id: string
  name: string
  key: string | undefined
  participantUuid: string | undefined
  joinTime: string | undefined
  leaveTime: string | undefined
}

/** A session by its id: over, still held, or not known (yet). */
export type FoundSession =
  | { kind: 'live'; session: ListedSession }
  | { kind: 'past'; session: ListedSession }
  | { kind: 'unknown' }

/**
 * Video sessions through Zoom's Video SDK API. Each function throws a ZoomRequestError when the provider cannot be
 * asked, asks for patience, or refuses for a reason that is not named here.
 */
export interface ZoomGateway {
  /** Ends a session for all who are in it; one that is over already is no error. */
  endSession(sessionId: string): Promise<'ended' | 'already_over'>
  startRecording(sessionId: string): Promise<void>
  findSession(sessionId: string): Promise<FoundSession>
  /** Days as yyyy-mm-dd; for live sessions they say nothing. */
  listSessions(type: 'live' | 'past', from: string, to: string): AsyncGenerator<ListedSession[]>
  /** All who were in a session that is over. */
  listUsers(sessionId: string): AsyncGenerator<ListedUser[]>
  /** The files of a session as its events would tell of them; undefined when it has none. */
  findRecordings(sessionId: string): Promise<Record<string, unknown> | undefined>
  /** A file that is no longer there is no error. */
  removeRecording(sessionId: string, fileId: string, action: 'trash' | 'delete'): Promise<void>
  /** Undefined when the file is no longer there. */
  download(url: string): Promise<Readable | undefined>
}

export function createZoomGateway(client: ZoomClient): ZoomGateway {
  const pathOf = (sessionId: string): string => `/sessions/${encodeId(sessionId)}`

  async function* pages(
    path: string,
    query: Record<string, string>,
    name: string
  ): AsyncGenerator<Record<string, unknown>[]> {
    let token = ''
    do {
      const page = recordIn(
        await client.ask({
          method: 'GET',
          path,
          query: { ...query, page_size: '100', ...(token !== '' && { next_page_token: token }) }
        })
      )
      yield Array.isArray(page[name]) ? page[name].filter(isRecord) : []
      token = textIn(page, 'next_page_token') ?? ''
    } while (token !== '')
  }

  return {
    async endSession(sessionId) {
      try {
        await client.ask({
          method: 'PUT',
          path: `${pathOf(sessionId)}/status`,
          body: { action: 'end' }
        })
        return 'ended'
      } catch (error) {
        if (isOver(error)) return 'already_over'
        throw error
      }
    },

    async startRecording(sessionId) {
      await client.ask({
        method: 'PATCH',
        path: `${pathOf(sessionId)}/events`,
        body: { method: 'recording.start' }
      })
    },

    async findSession(sessionId) {
      for (const kind of ['past', 'live'] as const) {
        try {
          const found = await client.ask({
            method: 'GET',
            path: pathOf(sessionId),
            query: { type: kind }
          })
          return { kind, session: { ...listed(recordIn(found)), id: sessionId } }
        } catch (error) {
          if (!isOver(error)) throw error
        }
      }
      return { kind: 'unknown' }
    },

    async *listSessions(type, from, to) {
      for await (const page of pages('/sessions', { type, from, to }, 'sessions'))
        yield page.map(listed).filter(({ id }) => id !== '')
    },

    async *listUsers(sessionId) {
      for await (const page of pages(`${pathOf(sessionId)}/users`, { type: 'past' }, 'users'))
        yield page
          .map(user => ({
            id: textIn(user, 'id') ?? '',
            name: textIn(user, 'name') ?? '',
            key: textIn(user, 'user_key'),
            participantUuid: textIn(user, 'participant_uuid'),
            joinTime: textIn(user, 'join_time'),
            leaveTime: textIn(user, 'leave_time')
          }))
          .filter(({ id }) => id !== '')
    },

    async findRecordings(sessionId) {
      try {
        return recordIn(
          await client.ask({ method: 'GET', path: `${pathOf(sessionId)}/recordings` })
        )
      } catch (error) {
        if (isAbsence(error)) return undefined
        throw error
      }
    },

    async removeRecording(sessionId, fileId, action) {
      try {
        await client.ask({
          method: 'DELETE',
          path: `${pathOf(sessionId)}/recordings/${encodeId(fileId)}`,
          query: { action }
        })
      } catch (error) {
        if (!isAbsence(error)) throw error
      }
    },

    async download(url) {
      try {
        return await client.download(url)
      } catch (error) {
        if (isAbsence(error)) return undefined
        throw error
      }
    }
  }
}

const isAbsence = (error: unknown): boolean =>
  error instanceof ZoomRequestError && (error.status === 404 || error.status === 410)

/**
 * What is said of a session that is over differs: 404 with 3001, or 400 with 300, which stands for a wrong request
 * too; ours is never wrong in its form.
 */
const isOver = (error: unknown): boolean =>
  isAbsence(error) ||
  (error instanceof ZoomRequestError && error.status === 400 && error.code === 300)

function listed(session: Record<string, unknown>): ListedSession {
  return {
    id: textIn(session, 'id') ?? '',
    name: textIn(session, 'session_name'),
    key: textIn(session, 'session_key'),
    startTime: textIn(session, 'start_time'),
    endTime: textIn(session, 'end_time'),
    hasRecording: session['has_recording'] === true
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const recordIn = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})

function textIn(record: Record<string, unknown>, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
