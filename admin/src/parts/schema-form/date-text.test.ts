import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateHint, formatDate, formatDateTime, localOf, momentOf, parseDate, parseDateTime, parseTime } from './date-text.ts'

test('a date is read as it is written where the person lives', () => {
  for (const [locale, text] of [
    ['en-GB', '31/12/2026'],
    ['en-GB', '31.12.26'],
    ['en-US', '12/31/2026'],
    ['de-AT', '31.12.2026'],
    ['de-AT', '31. Dezember 2026'],
    ['sv-SE', '2026-12-31'],
    ['ja-JP', '2026/12/31'],
    ['ar-EG', '31/12/2026'],
    ['en-GB', '31 Dec 2026'],
    ['en-US', 'December 31, 2026'],
    ['hu-HU', '2026. 12. 31.'],
    ['xx-not-a-locale', '31/12/2026'],
  ] as const)
    assert.equal(parseDate(text, locale), '2026-12-31', `${text} in ${locale}`)
})

test('the order of day and month is that of the place, but where only the other one gives a date', () => {
  assert.equal(parseDate('03/04/2026', 'en-GB'), '2026-04-03')
  assert.equal(parseDate('03/04/2026', 'en-US'), '2026-03-04')
  assert.equal(parseDate('31/12/2026', 'en-US'), '2026-12-31')
  assert.equal(parseDate('12/31/2026', 'en-GB'), '2026-12-31')
})

test('what is no date is none, and not another day', () => {
  for (const text of [
    '31/02/2026',
    '29/02/2027',
    '32/12/2026',
    '31/13/2026',
    'tomorrow',
    '31/12/2026x',
    '31/12',
    '31/12/026',
    '1/2/3/4',
    '',
    '0/1/2026',
  ])
    assert.equal(parseDate(text, 'en-GB'), undefined, text)
  assert.equal(parseDate('29/02/2028', 'en-GB'), '2028-02-29')
})

test('a date that was read and shown is read as the same', () => {
  for (const locale of [
    'en-GB',
    'en-US',
    'de-DE',
    'fr-FR',
    'sv-SE',
    'ja-JP',
    'ko-KR',
    'ar-EG',
    'fa-IR',
    'th-TH',
    'hu-HU',
    'bg-BG',
    'lv-LV',
  ]) {
    for (const date of ['2026-01-02', '2026-12-31', '2028-02-29'])
      assert.equal(parseDate(formatDate(date, locale), locale), date, `${formatDate(date, locale)} in ${locale}`)
    assert.match(dateHint(locale), /DD/, locale)
  }
})

test('times of day are read with and without seconds, and in two halves of a day', () => {
  assert.deepEqual(['14:30', '2:30 pm', '12:00 am', '9.05', '23:59:58', '7 p.m.'].map(parseTime), [
    '14:30:00',
    '14:30:00',
    '00:00:00',
    '09:05:00',
    '23:59:58',
    '19:00:00',
  ])
  for (const text of ['24:00', '12:60', '13 pm', '0 am', '7', 'noon']) assert.equal(parseTime(text), undefined, text)
})

test('a date and a time make the moment at which it is that time here', () => {
  assert.equal(parseDateTime('31/12/2026, 14:30', 'en-GB'), '2026-12-31T14:30:00')
  assert.equal(parseDateTime('12/31/2026 2:30 PM', 'en-US'), '2026-12-31T14:30:00')
  assert.equal(parseDateTime('31 Dec 2026 14:30', 'en-GB'), '2026-12-31T14:30:00')
  assert.equal(parseDateTime('2026-12-31T14:30:00+02:00', 'en-GB'), '2026-12-31T12:30:00.000Z')
  assert.equal(parseDateTime('31/12/2026', 'en-GB'), undefined)
  const moment = momentOf('2026-12-31T14:30:00')
  assert.match(moment, /Z$/)
  assert.equal(localOf(moment), '2026-12-31T14:30:00')
  assert.equal(formatDateTime('2026-12-31T14:30:00', 'en-GB'), '31/12/2026, 14:30')
  assert.equal(formatDateTime('2026-12-31T14:30:05', 'en-GB'), '31/12/2026, 14:30:05')
})
