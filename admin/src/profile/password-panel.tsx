import { changePassword, isApiError } from '@crosswalk/client'
import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { Panel } from '../elements/panel.tsx'
import { minPasswordLength, NewPassword } from '../parts/new-password.tsx'
import { sessionsKey } from '../queries/session.ts'

const empty = { current_password: '', password: '' }

/** Another password, by a person who knows the one they have. */
export function PasswordPanel() {
  const [draft, setDraft] = useState(empty)
  const queries = useQueryClient()
  const changing = useMutation({
    mutationFn: () => changePassword(draft),
    async onSuccess() {
      setDraft(empty)
      notifyDone('Your password was changed. Your other browsers have to sign in again.')
      await queries.invalidateQueries({ queryKey: sessionsKey })
    },
  })
  const { error } = changing
  const isWrong = isApiError(error, 'wrong_password')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    changing.mutate()
  }
  return (
    <Panel title="Password">
      <form onSubmit={submit}>
        <Stack>
          <PasswordInput
            label="Your password now"
            autoComplete="current-password"
            value={draft.current_password}
            onChange={(event) => setDraft({ ...draft, current_password: event.currentTarget.value })}
            error={isWrong ? error.message : undefined}
          />
          <NewPassword
            label="New password"
            value={draft.password}
            onChange={(password) => setDraft({ ...draft, password })}
            error={error}
          />
          {error && !isWrong && !isApiError(error, 'password_too_weak') && (
            <ErrorNotice error={error} title="Your password was not changed" />
          )}
          <Group justify="flex-end">
            <Button
              type="submit"
              variant="default"
              loading={changing.isPending}
              disabled={draft.current_password === '' || draft.password.length < minPasswordLength}
            >
              Change the password
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}
