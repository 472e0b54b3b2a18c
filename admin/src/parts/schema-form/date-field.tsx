import { ActionIcon, Popover, Stack, TextInput } from '@mantine/core'
import { DatePicker } from '@mantine/dates'
import '@mantine/dates/styles.css'
import { IconCalendar } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { dateHint, formatDate, formatDateTime, localOf, momentOf, parseDate, parseDateTime } from './date-text.ts'
import { type FieldProps, keyOf, useInputProps } from './field-props.ts'
import { ownLocale, useForm } from './form-state.ts'

type DateFieldProps = FieldProps & { format: 'date' | 'date-time' | 'local-date-time' }

const hereIs = () => Intl.DateTimeFormat().resolvedOptions().timeZone
const firstDay = (locale: string) => {
  const place = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } } // not in the types yet
  return ((place.getWeekInfo?.().firstDay ?? 1) % 7) as 0 | 1 | 2 | 3 | 4 | 5 | 6 // the days of a week
}

/** What the field's text means, and what the value is called in it. */
function reading(format: DateFieldProps['format'], locale: string) {
  if (format === 'date') return { parse: (text: string) => parseDate(text, locale), show: (value: string) => formatDate(value, locale) }
  return {
    parse(text: string) {
      const local = parseDateTime(text, locale)
      if (local === undefined || format === 'local-date-time') return local
      return local.endsWith('Z') ? local.replace('.000Z', 'Z') : momentOf(local)
    },
    show(value: string) {
      const local = localOf(value)
      return local === undefined ? value : formatDateTime(local, locale)
    },
  }
}

/**
 * A date, or a date and time of day, typed as the person writes it or taken from a calendar. What cannot be read stays in the field as
 * it was typed, is not sent, and the field says which form it wants.
 */
export function DateField({ format, ...props }: DateFieldProps) {
  const { value, onChange, nothing, label, path, schema } = props
  const locale = ownLocale()
  const { parse, show } = reading(format, locale)
  const { touch } = useForm()
  const [text, setText] = useState<string>()
  const [isOpen, setOpen] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const own = useInputProps(props)
  const entered = typeof value === 'string' ? value : ''
  const isRead = parse(entered) !== undefined || localOf(entered) !== undefined
  const day = !isRead ? null : format === 'date' ? entered : (localOf(entered)?.slice(0, 10) ?? null)
  const example = format === 'date' ? formatDate('2026-12-31', locale) : `${formatDate('2026-12-31', locale)}, 14:30`
  const kind = format === 'date' ? 'date' : 'date and time'
  const description = [
    typeof schema.description === 'string' ? schema.description : '',
    format === 'date-time' ? `In your time, ${hereIs()}.` : '',
  ]
  const set = (next: string) => onChange(next.trim() === '' ? nothing : (parse(next) ?? next))
  const choose = (chosen: string | null) => {
    setOpen(false)
    setText(undefined)
    const time = (localOf(entered) ?? 'T09:00:00').split('T')[1]
    if (chosen !== null) onChange(format === 'date' ? chosen : format === 'date-time' ? momentOf(`${chosen}T${time}`) : `${chosen}T${time}`)
    input.current?.focus()
  }
  return (
    <TextInput
      {...own}
      ref={input}
      maw={280}
      description={description.filter((sentence) => sentence !== '').join(' ') || undefined}
      placeholder={format === 'date' ? dateHint(locale) : `${dateHint(locale)}, HH:MM`}
      error={own.error && entered !== '' && !isRead ? `${label} must be a ${kind} such as ${example}.` : own.error}
      value={text ?? (entered === '' ? '' : show(entered))}
      onChange={(event) => {
        setText(event.currentTarget.value)
        set(event.currentTarget.value)
      }}
      onBlur={() => {
        // What was understood is shown in full: 1/2/27 may have been meant otherwise.
        setText(undefined)
        if (!isOpen) touch(keyOf(path))
      }}
      rightSection={
        <Popover opened={isOpen} onChange={setOpen} trapFocus position="bottom-end" returnFocus>
          <Popover.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Choose ${label} in a calendar`}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => setOpen(!isOpen)}
            >
              <IconCalendar size={16} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown>
            <Stack gap="xs">
              <DatePicker
                value={day}
                {...(day === null ? {} : { defaultDate: day })}
                onChange={choose}
                firstDayOfWeek={firstDay(locale)}
                ariaLabels={{
                  previousMonth: 'Previous month',
                  nextMonth: 'Next month',
                  monthLevelControl: 'Choose the month',
                  yearLevelControl: 'Choose the year',
                }}
              />
            </Stack>
          </Popover.Dropdown>
        </Popover>
      }
    />
  )
}
