import { benchAdminViews } from './benches/admin-views.ts'
import { benchAnnouncements } from './benches/announcements.ts'
import { benchMock } from './benches/mock.ts'
import { benchMockMemory } from './benches/mock-memory.ts'
import { benchServer } from './benches/server.ts'
import { benchVoice } from './benches/voice.ts'
import { benchVideo } from './benches/video.ts'

// `npm run bench` runs all, `npm run bench -- mock` one of them: each figure beside a floor measured in the
// same run, in turns. Machines are noisy, so only the ratios mean something. `--quick` takes one short round.
const benches = new Map([
  ['server', benchServer],
  ['announcements', benchAnnouncements],
  ['mock', benchMock],
  ['mock-memory', benchMockMemory],
  ['voice', benchVoice],
  ['video', benchVideo],
  ['admin-views', benchAdminViews]
])

const wanted = process.argv.slice(2).filter(argument => !argument.startsWith('-'))
for (const name of wanted.length > 0 ? wanted : benches.keys()) {
  const bench = benches.get(name)
  if (bench === undefined) throw new Error(`no bench ${name}: ${[...benches.keys()].join(', ')}`)
  await bench()
}
