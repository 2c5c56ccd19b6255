import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** What a process has used since it started, and what it holds. */
export interface Usage {
  cpuMs: number
  rssBytes: number
}

/** A system under measurement, in a process of its own so that its CPU and memory are its own. */
export interface TargetProcess {
  url: string
  pid: number | undefined
  usage(): Promise<Usage>
  /** A question that only this target understands. */
  ask(question: string): Promise<unknown>
  stop(): Promise<void>
}

/** Starts `targets/<name>.ts` and waits until it says where it listens. */
export async function startTarget(
  name: string,
  environment: Record<string, string> = {}
): Promise<TargetProcess> {
  const child = fork(new URL(`targets/${name}.ts`, import.meta.url), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  })
  const { url } = await answerOf<{ url: string }>(child, name)
  const ask = async <T>(question: string): Promise<T> => {
    const answer = answerOf<T>(child, name)
    child.send(question)
    return answer
  }
  return {
    url,
    pid: child.pid,
    ask,
    usage: () => ask<Usage>('usage'),
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  }
}

/** The other side: tells where the target listens and answers the questions of the measuring process. */
export function serveQuestions(url: string, answers: Record<string, () => unknown> = {}): void {
  process.on('message', (question: string) => {
    const answer = answers[question] ?? usageOfThisProcess
    process.send?.(answer())
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ url })
}

function usageOfThisProcess(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000, rssBytes: process.memoryUsage().rss }
}

function answerOf<T>(child: ChildProcess, name: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`The target ${name} ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', answer => {
      child.off('exit', onExit)
      resolve(answer as T)
    })
  })
}
