import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { aRun } from './a-run.ts'
import { findChromium } from './chromium.ts'
import { accept, judge } from './gate.ts'
import { reportOf } from './report.ts'

const baseline = accept(aRun(), undefined)
const chartsOfScenario = 5

describe('the report in a browser', () => {
  let browser: Browser
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-report-'))
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-gpu']
    })
  })
  after(async () => {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function open(
    run: ReturnType<typeof aRun>,
    colorScheme: 'light' | 'dark'
  ): Promise<{ page: Page; requests: string[] }> {
    const file = join(folder, `${colorScheme}.html`)
    await writeFile(file, reportOf(run, judge(run, baseline), baseline))
    const page = await browser.newPage({ colorScheme, viewport: { width: 1_200, height: 900 } })
    const requests: string[] = []
    page.on('request', request => requests.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    return { page, requests }
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every plot is drawn, in ${colorScheme} colours`, async () => {
      const { page, requests } = await open(aRun(), colorScheme)

      const charts = await page.locator('svg.chart').all()
      assert.equal(charts.length, chartsOfScenario)
      for (const chart of charts) {
        const title = await chart.getAttribute('aria-label')
        for (const line of await chart.locator('path.line').all()) {
          const box = await line.boundingBox()
          assert.ok(box && box.width > 200 && box.height > 5, `${title}: ${JSON.stringify(box)}`)
        }
        const colours = await coloursIn(browser, await chart.screenshot())
        assert.ok(colours.lines > 300, `${title}: ${JSON.stringify(colours)}`)
        assert.equal(colours.ground > 128, colorScheme === 'light', JSON.stringify(colours))
      }
      assert.equal(requests.length, 1, `it asked for ${requests.join(', ')}`)
    })
  }

  test('nothing hangs over the edge of a telephone', async () => {
    const { page } = await open(aRun(), 'light')
    await page.setViewportSize({ width: 390, height: 800 })

    const overhang = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    )

    assert.equal(overhang, 0)
  })

  test('what did not hold stands at the top', async () => {
    const { page } = await open(aRun({ doubledAtProvider: 2 }), 'light')

    assert.match(await page.locator('h1').innerText(), /the gate is shut/)
    assert.match(
      await page.locator('section').first().innerText(),
      /second texts to a recipient\s+2, and ought to be 0/
    )
  })
})

test('what comes from a run is text in the report, never markup', () => {
  const run = aRun({ failure: '<script>alert(1)</script>' })

  assert.ok(!reportOf(run, judge(run, undefined), undefined).includes('<script'))
})

/** Looks at the pixels: how many have a colour, as only lines do, and how bright the corner is. */
async function coloursIn(
  browser: Browser,
  png: Buffer
): Promise<{ lines: number; ground: number }> {
  const source = JSON.stringify(`data:image/png;base64,${png.toString('base64')}`)
  const blank = await browser.newPage()
  const found = await blank.evaluate(`(async () => {
    const image = new Image()
    image.src = ${source}
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    const drawing = canvas.getContext('2d')
    drawing.drawImage(image, 0, 0)
    const { data } = drawing.getImageData(0, 0, image.width, image.height)
    let lines = 0
    for (let at = 0; at < data.length; at += 4)
      if (Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 60) lines++
    return { lines, ground: data[0] }
  })()`)
  await blank.close()
  return found as { lines: number; ground: number }
}
