import { isApiError } from '@crosswalk/client'
import { PasswordInput } from '@mantine/core'
import { fieldErrorOf } from '../elements/field-errors.ts'

export const minPasswordLength = 12

type NewPasswordProps = { value: string; onChange: (password: string) => void; error: unknown; label?: string; hasFocus?: boolean }

/** A password that somebody chooses. The server says which are too easy to guess. */
export function NewPassword({ value, onChange, error, label = 'Password', hasFocus = false }: NewPasswordProps) {
  const refusal = isApiError(error, 'password_too_weak') ? error.message : fieldErrorOf(error, 'password')
  return (
    <PasswordInput
      label={label}
      description={`At least ${minPasswordLength} characters. Several words that do not belong together are good, and easy to keep in mind.`}
      autoComplete="new-password"
      autoFocus={hasFocus}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={refusal}
    />
  )
}
