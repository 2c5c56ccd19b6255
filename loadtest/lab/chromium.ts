import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The Chromium of this machine; where there is none, Debian's is installed.
 *
 * @throws when there is none and it cannot be installed
 */
export function findChromium(): string {
  const found = lookForChromium()
  if (found !== undefined) return found
  const missing = `The report is looked at in Chromium, and there is none on the PATH (${names.join(', ')}).`
  if (process.getuid?.() !== 0 || !isOnPath('apt-get'))
    throw new Error(`${missing} Install it: apt-get install -y chromium`)
  try {
    // A new machine knows no packages yet.
    aptGet('update')
    aptGet('install', '-y', '--no-install-recommends', 'chromium')
  } catch (cause) {
    throw new Error(`${missing} apt-get install -y chromium failed.`, { cause })
  }
  const installed = lookForChromium()
  if (installed === undefined) throw new Error(missing)
  return installed
}

const aptGet = (...args: string[]): void => {
  execFileSync('apt-get', args, { stdio: 'pipe', timeout: 300_000 })
}

const folders = (process.env['PATH'] ?? '').split(delimiter)

const isOnPath = (name: string): boolean => folders.some(folder => existsSync(join(folder, name)))

function lookForChromium(): string | undefined {
  return names
    .flatMap(name => folders.map(folder => join(folder, name)))
    .find(file => existsSync(file))
}
