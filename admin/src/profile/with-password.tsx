import { isApiError } from '@crosswalk/client'
import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import type { UseMutationResult } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ErrorNotice, messageOf } from '../elements/error-notice.tsx'

type Props = {
  acting: Pick<UseMutationResult<unknown, Error, string>, 'mutate' | 'error' | 'isPending'>
  /** The words of the button. */
  submit: string
  onCancel: () => void
  /** False of who has none: then nothing is asked for. */
  hasPassword?: boolean
  isReady?: boolean
  /** What a failure is called; undefined where it is not told. */
  failed?: (error: Error) => string | undefined
  /** What is entered before the password. */
  children?: ReactNode
}

/** A form that takes the password of who is signed in before it does what changes how they sign in. */
export function WithPassword({
  acting,
  submit,
  onCancel,
  hasPassword = true,
  isReady = true,
  failed = () => 'This did not work',
  children,
}: Props) {
  const [password, setPassword] = useState('')
  const { error } = acting
  const isWrong = isApiError(error, 'wrong_password')
  const title = error && !isWrong ? failed(error) : undefined
  const send = (event: FormEvent) => {
    event.preventDefault()
    acting.mutate(password)
  }
  return (
    <form onSubmit={send}>
      <Stack>
        {children}
        {hasPassword && (
          <PasswordInput
            label="Your password"
            autoFocus={children === undefined}
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={isWrong ? messageOf(error) : undefined}
          />
        )}
        {title !== undefined && <ErrorNotice error={error} title={title} />}
        <Group>
          <Button type="submit" loading={acting.isPending} disabled={!isReady || (hasPassword && password === '')}>
            {submit}
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
