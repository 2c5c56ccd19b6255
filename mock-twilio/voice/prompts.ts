import type { World } from '../world.ts'
import type { CallRecord } from './call-record.ts'
import { hear } from './people.ts'
import { note } from './transcript.ts'
import type { Stage } from './stage.ts'
import type { Prompt } from './verbs/prompts.ts'

/** The prompt is heard once, from now on. Gives how long that takes. */
export function playPrompt(
  { recorder }: Stage,
  world: World,
  call: CallRecord,
  prompt: Prompt
): number {
  const { documentUrl = '' } = call.script ?? {}
  if (prompt.verb === 'Pause') {
    note(world, call, 'pause', `waits ${prompt.ms / 1000} s`)
    return prompt.ms
  }
  prompt.played++
  if (prompt.verb === 'Say') {
    note(world, call, 'say', `says "${prompt.text}"`)
    hear(world, call, 'said', prompt.text, prompt.ms)
    recorder.note(world, call, { words: prompt.text, ms: prompt.ms, isOfApplication: true })
  } else if (prompt.url === '') note(world, call, 'play', `plays the keys ${prompt.digits}`)
  else {
    const url = URL.parse(prompt.url, documentUrl)?.href ?? prompt.url
    note(world, call, 'play', `plays ${url}`)
    hear(world, call, 'played', url, prompt.ms)
  }
  return prompt.ms
}

/** Whether it is to be heard once more. */
export function isRepeated(prompt: Prompt): boolean {
  return prompt.verb !== 'Pause' && prompt.played < prompt.loop
}
