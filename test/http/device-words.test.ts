import { expect, test } from 'playwright/test'
import { deviceWords } from '../../src/http/device-words.ts'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

test.describe('naming a browser', () => {
  const cases = [
    [
      'Firefox on Windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0',
    ],
    [
      'Microsoft Edge on Windows',
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/129.0.0.0 Safari/537.36 Edg/129.0`,
    ],
    ['Chrome on Linux', `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/129.0.0.0 Safari/537.36`],
    [
      'Safari on macOS',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    ],
    [
      'Safari on iPhone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    ],
    [
      'Chrome on iPad',
      'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/129 Mobile/15E148 Safari/604.1',
    ],
    [
      'Samsung Internet on Android',
      `Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) ${WEBKIT} SamsungBrowser/22.0 Chrome/111.0.5563.116 Mobile Safari/537.36`,
    ],
    [
      'Chrome on Chrome OS',
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/129.0.0.0 Safari/537.36`,
    ],
    ['An unknown browser on Windows', 'Something (Windows NT 10.0)'],
    ['An unknown browser', 'curl/8.5.0'],
    ['An unknown browser', '___'],
  ] as const
  for (const [words, userAgent] of cases)
    test(`${words}: ${userAgent}`, () => expect(deviceWords(userAgent).words).toBe(words))

  test('says so when nothing is known', () => {
    expect(deviceWords(undefined)).toEqual({ words: 'An unknown browser', handheld: false })
    expect(deviceWords('')).toEqual({ words: 'An unknown browser', handheld: false })
  })

  test('tells what is held in a hand', () => {
    const phone = `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/129.0.0.0 Mobile Safari/537.36`
    expect(deviceWords(phone)).toEqual({ words: 'Chrome on Android', handheld: true })
    expect(
      deviceWords('Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko Firefox/131.0').handheld,
    ).toBe(false)
  })

  test('repeats no words that somebody chose', () => {
    const letter = 'Your account is locked, call 555-0100/1.0 (Windows NT 10.0)'
    expect(deviceWords(letter).words).toBe('An unknown browser on Windows')
  })
})
