import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { developmentToken } from '../../server/seed.ts'
import { freePort } from '../../simulator/free-port.ts'
import { print, quick, type Rate, row } from '../measure.ts'
import { startTarget } from '../target-process.ts'

const secondsOfLoad = quick ? 3 : 10

/**
 * The same calls through the server: created, one guest given a token, both join with the server's tokens, the guest
 * leaves, the host ends it. A call counts when the server says that it has ended.
 *
 * @param floor of the same run: the bare exchanges with the provider
 */
export async function benchVideoServer(
  parallelSessions: number,
  floor: readonly Rate[]
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-video-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const receiver = await startTarget('callback-receiver')
  const mock = await startTarget('mock-zoom', { WEBHOOK_URL: `${url}/api/v1/zoom_webhooks` })
  const server = await startTarget('server', {
    PORT: String(port),
    PUBLIC_URL: url,
    LOG_LEVEL: 'error',
    MAX_EVENT_LOOP_DELAY_MS: '0',
    DATABASE_URL: `sqlite:${join(directory, 'server.sqlite')}`,
    STORAGE_URL: `file:${join(directory, 'recordings')}`,
    CALLBACK_URL: `${receiver.url}/events`,
    ZOOM_BASE_URL: mock.url
  })
  const agent = new Agent({ connections: parallelSessions })
  try {
    const before = await server.usage()
    const startedAt = performance.now()
    const endsAt = startedAt + secondsOfLoad * 1_000
    const lives = Array.from({ length: parallelSessions }, (_, place) =>
      liveCalls({ server: url, mock: mock.url, agent }, place, endsAt)
    )
    const keys = (await Promise.all(lives)).flat()
    const lost = await untilAllEnded(url, agent, keys)
    const tookSeconds = (performance.now() - startedAt) / 1_000
    const after = await server.usage()
    const rate: Rate = {
      perSecond: keys.length / tookSeconds,
      perCpuSecond: keys.length / ((after.cpuMs - before.cpuMs) / 1_000),
      p99Ms: Number.NaN,
      rssMb: after.rssBytes / 1_048_576
    }
    print(
      `${parallelSessions} video calls at once through server and mock-zoom, SQLite: ${keys.length} created, joined and ended, ${lost} of them unheard`,
      [row('server', [rate], floor.slice(0, 1))]
    )
  } finally {
    await agent.close()
    for (const target of [server, mock, receiver]) await target.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

interface Places {
  server: string
  mock: string
  agent: Agent
}

/** One call after another, until time is up. Gives their keys. */
async function liveCalls(places: Places, place: number, endsAt: number): Promise<string[]> {
  const { server, mock } = places
  const keys: string[] = []
  while (performance.now() < endsAt) {
    const key = `call-${place}-${keys.length}`
    const call = await post(places, `${server}/api/v1/video_calls`, {
      video_call: { host_username: 'Ana', session_key: key, session_name: key }
    })
    const guest = await post(places, `${server}/api/v1/video_call_participants`, {
      participant: { username: 'Ben', session_key: key }
    })
    const act = (action: string, body: object) =>
      post(places, `${mock}/_mock/rooms/${key}/${action}`, body)
    await act('join', { user_name: 'Ana', session_key: key, token: call['host_token'] })
    await act('join', { user_name: 'Ben', session_key: key, token: guest['token_signature'] })
    await act('leave', { user: 'Ben' })
    await act('end', {})
    keys.push(key)
  }
  return keys
}

async function post(
  { agent }: Places,
  url: string,
  body: object
): Promise<Record<string, unknown>> {
  const answer = await request(url, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${developmentToken}` },
    body: JSON.stringify(body)
  })
  const text = await answer.body.text()
  if (answer.statusCode > 299) throw new Error(`POST ${url}: ${answer.statusCode} ${text}`)
  return text === '' ? {} : JSON.parse(text)
}

/** Waits until each call has ended. Gives how many never did. */
async function untilAllEnded(url: string, agent: Agent, keys: readonly string[]): Promise<number> {
  const deadline = performance.now() + 60_000
  let open = [...keys]
  while (open.length > 0 && performance.now() < deadline) {
    const still: string[] = []
    for (const key of open) {
      const answer = await request(`${url}/api/v1/video_calls/${key}`, {
        dispatcher: agent,
        headers: { authorization: `Bearer ${developmentToken}` }
      })
      const { internal_status: status }: { internal_status?: unknown } = Object(
        await answer.body.json()
      )
      if (status !== 'ended') still.push(key)
    }
    open = still
    if (open.length > 0) await sleep(20)
  }
  return open.length
}
