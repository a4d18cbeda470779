import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { iotload, scratch, summaryOf } from '../e2e/iotload.ts';
import { exampleRun } from '../report/example-run.ts';
import { hostile, resultWith, stored } from '../report/hostile.ts';

/** Debian's. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

describe('report.html in Chromium', () => {
  let browser: Browser;
  let page: Page;
  let told: string[];
  let asked: string[];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    [told, asked] = [[], []];
    page = await browser.newPage();
    page.on('console', (message) => told.push(message.text()));
    page.on('pageerror', (error) => told.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    page.on('dialog', (dialog) => {
      told.push(dialog.message());
      void dialog.dismiss();
    });
  });
  afterEach(() => page.close());

  /** Opens a file from the disk; nothing else may be asked for, nothing said. */
  async function open(file: string): Promise<void> {
    const url = pathToFileURL(file).href;
    await page.goto(url);
    expect(asked).toEqual([url]);
    expect(told).toEqual([]);
  }

  /** Points of a canvas that are not empty. */
  const painted = (): Promise<number[]> =>
    page.$$eval('canvas', (all) =>
      all.map((canvas) => {
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let points = 0;
        for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) points++;
        return points;
      }),
    );

  it('opens from the disk, asks for nothing, says what the summary says, and draws every chart', async () => {
    const space = scratch();
    try {
      const out = space.path('out');
      const { code } = await iotload(['run', 'quickstart', '--duration', '6s', '--out', out, '--progress', 'none']);
      expect(code).toBe(0);
      await open(join(out, 'report.html'));
      expect(await page.textContent('#verdict')).toBe(summaryOf(out).verdict.toUpperCase());
      const plots = await page.$$eval('.plot', (all) => all.length);
      expect(plots).toBeGreaterThanOrEqual(4);
      expect(await painted()).toHaveLength(plots);
      for (const points of await painted()) expect(points).toBeGreaterThan(500);
      const marks = await page.$$eval('svg', (all) => all.map((svg) => svg.querySelectorAll('path,rect').length));
      expect(marks.length).toBeGreaterThanOrEqual(6);
      for (const count of marks) expect(count).toBeGreaterThan(0);
    } finally {
      space.remove();
    }
  });

  it.each([
    ['light', 390],
    ['dark', 390],
    ['light', 1200],
    ['dark', 1200],
  ] as const)('fits its window, %s at %i', async (colorScheme, width) => {
    const run = await exampleRun(60);
    try {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await open(await written(run.dir, stored('breached')));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const brightness = async (name: string): Promise<number> => {
        const colour = (await page.evaluate(`getComputedStyle(document.body).${name}`)) as string;
        return (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
      };
      const [paper, ink] = [await brightness('backgroundColor'), await brightness('color')];
      expect(paper > ink).toBe(colorScheme === 'light');
      await page.emulateMedia({ media: 'print', colorScheme });
      for (const points of await painted()) expect(points).toBeGreaterThan(500);
    } finally {
      run.remove();
    }
  });

  it('runs nothing that a name holds', async () => {
    const run = await exampleRun(20);
    try {
      for (const text of hostile) {
        await page.goto('about:blank');
        asked.length = 0;
        await open(await written(run.dir, resultWith(text)));
      }
    } finally {
      run.remove();
    }
  });

  it('is made from an hour of files in under 3 s and 300 MB', async () => {
    const run = await exampleRun(3600);
    try {
      writeFileSync(join(run.dir, 'summary.json'), JSON.stringify(stored('clean')));
      const { code, stderr, stdout } = await iotload(['report', run.dir, '--format', 'html'], {
        NODE_OPTIONS: '--max-old-space-size=250',
      });
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout.length).toBeLessThan(400 * 1024);
    } finally {
      run.remove();
    }
  });

  async function written(dir: string, result: Parameters<typeof JSON.stringify>[0]): Promise<string> {
    writeFileSync(join(dir, 'summary.json'), JSON.stringify(result));
    const { code, stderr } = await iotload(['report', dir, '--format', 'all']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return join(dir, 'report.html');
  }
});
