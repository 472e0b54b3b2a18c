import { fieldErrorsOf, isApiError, setConfig, setSecret } from '@crosswalk/client'
import { Button, Group, Modal, PasswordInput, Stack, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { ChangedMeanwhile, differencesOf } from '../../elements/changed-meanwhile.tsx'
import { ErrorNotice } from '../../elements/error-notice.tsx'
import { notifyDone } from '../../elements/notify.tsx'
import { useFocusFirstError } from '../../elements/use-focus-first-error.ts'
import { isChangedMeanwhile, useMeanwhile } from '../../elements/use-meanwhile.ts'
import { ifMatch } from '../../queries/if-match.ts'
import { integrationsFor, integrationsKey } from '../../queries/integrations.ts'
import { configOf, valuesKey } from '../../queries/values.ts'
import { declaredKeys } from './declared-keys.ts'
import { KeyField } from './key-field.tsx'
import type { ValueKind } from './value-kind.ts'
import { valueOfText } from './value-text.ts'
import { ValueWarning } from './value-warning.tsx'

type ValueFormProps = {
  kind: ValueKind
  orgId: string | null
  initial: { key: string; value?: unknown; label?: string }
  onClose: () => void
}

const shown = (value: unknown) => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2))

/** In a field of several lines Enter saves, as in all others. */
function submitOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
  event.preventDefault()
  event.currentTarget.form?.requestSubmit()
}

/** Sets a secret or a config value, or replaces it. */
export function ValueForm({ kind, orgId, initial, onClose }: ValueFormProps) {
  const [key, setKey] = useState(initial.key)
  const [value, setValue] = useState(kind === 'config' ? shown(initial.value) : '')
  const queries = useQueryClient()
  const declared = declaredKeys(useQuery(integrationsFor(orgId ?? undefined)).data?.integrations ?? [], kind)
  const whose = orgId === null ? ({ scope: 'global' } as const) : ({ scope: 'organization', org_id: orgId } as const)
  const meanwhile = useMeanwhile<ValueFormProps['initial']>(kind === 'config' ? initial : undefined, async () =>
    (await queries.fetchQuery({ ...configOf(orgId), staleTime: 0 })).find((each) => each.key === initial.key),
  )
  const saving = useMutation({
    mutationFn: (base: ValueFormProps['initial'] | undefined): Promise<unknown> =>
      kind === 'secret'
        ? setSecret({ key: key.trim(), value, ...whose })
        : // A value under another key is not what was read.
          setConfig(key.trim(), { value: valueOfText(value.trim()), ...whose }, ifMatch(base?.key === key.trim() ? base : undefined)),
    onError: (error) => meanwhile.refused(error),
    async onSuccess() {
      await Promise.all([queries.invalidateQueries({ queryKey: valuesKey }), queries.invalidateQueries({ queryKey: integrationsKey })])
      notifyDone(`${key.trim()} is set.`)
      onClose()
    },
  })
  const errors = isApiError(saving.error) ? fieldErrorsOf(saving.error) : {}
  const isShownAtField = Boolean(errors.key ?? errors.value)
  const form = useRef<HTMLFormElement>(null)
  useFocusFirstError(form, saving.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '' && value.trim() !== '') saving.mutate(meanwhile.base)
  }
  const name = initial.label ?? initial.key
  const noun = kind === 'secret' ? 'secret' : 'config value'
  return (
    <Modal
      opened
      onClose={onClose}
      title={name === '' ? `Add ${kind === 'secret' ? 'secret' : 'config'}` : `Set ${name}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form ref={form} onSubmit={submit}>
        <Stack>
          <KeyField
            kind={kind}
            orgId={orgId}
            declared={declared}
            isNew={initial.key === ''}
            value={key}
            onChange={setKey}
            error={errors.key?.join('; ')}
          />
          {kind === 'secret' ? (
            <PasswordInput
              label="Value"
              description="It is encrypted, and cannot be read back here."
              required
              data-autofocus={initial.key !== '' || undefined}
              autoComplete="off"
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              error={errors.value?.join('; ')}
            />
          ) : (
            <Textarea
              label="Value"
              description="Text, or JSON: a number, true, a list, an object. Shift and Enter begin another line."
              required
              data-autofocus={initial.key !== '' || undefined}
              autosize
              minRows={1}
              maxRows={12}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              onKeyDown={submitOnEnter}
              error={errors.value?.join('; ')}
            />
          )}
          <ValueWarning
            kind={kind}
            names={[key, ...declared.filter((each) => each.key === key.trim()).map(({ label }) => label)]}
            value={value}
            onChange={setValue}
          />
          {isChangedMeanwhile(saving.error) ? (
            <ChangedMeanwhile
              {...meanwhile.choice(saving, (theirs) => setValue(shown(theirs?.value)))}
              differences={
                meanwhile.theirs && differencesOf([{ label: 'Value', before: meanwhile.base?.value, now: meanwhile.theirs.value }])
              }
            />
          ) : (
            saving.error && !isShownAtField && <ErrorNotice error={saving.error} title={`The ${noun} was not set`} />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending} disabled={key.trim() === '' || value.trim() === ''}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
