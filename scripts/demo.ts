import { openStage } from './demo/stage.ts'
import { texting } from './demo/texting.ts'
import { video } from './demo/video.ts'
import { voice } from './demo/voice.ts'

// `npm run demo -- <story>` plays a story against the offline stack and prints its timeline; every line is checked
// before it is printed.
const stories = { texting, voice, video }
const wanted = process.argv[2] ?? 'texting'
const play = Object.entries(stories).find(([name]) => name === wanted)?.[1]
if (!play) {
  process.stderr.write(
    `There is no story "${wanted}". There are: ${Object.keys(stories).join(', ')}.\n`
  )
  process.exit(1)
}

process.stdout.write(
  '\nA school, a parent and a client application, with no network. Times are the simulator’s.\n\n'
)
const stage = await openStage()
try {
  await play(stage)
  process.stdout.write('\nEvery line above was checked.\n')
} catch (error) {
  process.stderr.write(
    `\nThe story went wrong: ${error instanceof Error ? error.stack : String(error)}\n`
  )
  process.exitCode = 1
} finally {
  await stage.close()
}
