import { fieldErrorsOf, type Integration, isApiError, setConfig, setSecret } from '@crosswalk/client'
import { Button, Group, Modal, PasswordInput, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { ErrorNotice } from '../../elements/error-notice.tsx'
import { useFocusFirstError } from '../../elements/use-focus-first-error.ts'
import { integrationsKey } from '../../queries/integrations.ts'
import { configOf, valuesKey } from '../../queries/values.ts'
import { type Requirement, requirementsOf } from './requirements.ts'
import { textOfValue, valueOfText } from './value-text.ts'
import { ValueWarning } from './value-warning.tsx'

type CredentialsFormProps = {
  integration: Integration
  /** An organization that they may be set for alone, instead of for all. */
  organization?: { id: string; name: string }
  onClose: () => void
  /** Told when they are set, before it closes. */
  onSaved?: () => void
}

/** Sets all that an integration reads at once. What is set already stays where nothing is entered. */
export function CredentialsForm({ integration, organization, onClose, onSaved }: CredentialsFormProps) {
  const needs = requirementsOf(integration)
  const [entered, setEntered] = useState<Record<string, string>>({})
  const [whose, setWhose] = useState('all')
  const [failedKey, setFailedKey] = useState('')
  const queries = useQueryClient()
  const config = useQuery(configOf(whose === 'all' ? null : whose)).data
  const currentOf = (key: string) => {
    const value = config?.find((each) => each.key === key)?.value
    return value === undefined ? '' : textOfValue(value)
  }
  const given = needs.filter(({ key }) => entered[key]?.trim() && entered[key] !== currentOf(key))
  const lacking = needs.find(({ key, required, is_set }) => required && !is_set && !entered[key])
  const saving = useMutation({
    async mutationFn() {
      const scope = whose === 'all' ? ({ scope: 'global' } as const) : ({ scope: 'organization', org_id: whose } as const)
      for (const { key, kind } of given) {
        setFailedKey(key)
        const value = entered[key] ?? ''
        await (kind === 'secret' ? setSecret({ key, value, ...scope }) : setConfig(key, { value: valueOfText(value.trim()), ...scope }))
      }
    },
    async onSuccess() {
      await Promise.all([queries.invalidateQueries({ queryKey: valuesKey }), queries.invalidateQueries({ queryKey: integrationsKey })])
      onSaved?.()
      onClose()
    },
  })
  const fieldError = isApiError(saving.error) ? fieldErrorsOf(saving.error).value?.join('; ') : undefined
  const form = useRef<HTMLFormElement>(null)
  useFocusFirstError(form, saving.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (given.length > 0 && !lacking) saving.mutate()
  }
  const first = needs.find(({ required, is_set }) => required && !is_set) ?? needs[0]
  return (
    <Modal opened onClose={onClose} title={`Credentials of ${integration.display_name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form ref={form} onSubmit={submit} noValidate>
        <Stack>
          {organization && (
            <SegmentedControl
              fullWidth
              // A customer's name may be long.
              orientation="vertical"
              aria-label="Apply to"
              data={[
                { value: 'all', label: 'For all organizations' },
                { value: organization.id, label: `Only for ${organization.name}` },
              ]}
              value={whose}
              onChange={setWhose}
            />
          )}
          {needs.map((need) => (
            <Field
              key={need.key}
              need={need}
              isFirst={need === first}
              value={entered[need.key] ?? (need.kind === 'config' ? currentOf(need.key) : '')}
              onChange={(value) => setEntered((now) => ({ ...now, [need.key]: value }))}
              error={need.key === failedKey ? fieldError : undefined}
            />
          ))}
          {saving.error && !fieldError && <ErrorNotice error={saving.error} title="The credentials were not set" />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending} disabled={given.length === 0 || lacking !== undefined}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

type FieldProps = { need: Requirement; isFirst: boolean; value: string; onChange: (value: string) => void; error: string | undefined }

function Field({ need, isFirst, value, onChange, error }: FieldProps) {
  const { kind, key, label, description, required, is_set } = need
  const says = [
    description && `${description.replace(/[\s.]+$/, '')}.`,
    is_set && kind === 'secret' && 'It is set. Enter another to replace it.',
    !is_set && !required && 'Optional.',
  ]
  const props = {
    label,
    description: says.filter(Boolean).join(' ') || undefined,
    required: required && !is_set,
    value,
    error,
    autoComplete: 'off',
    'data-autofocus': isFirst || undefined,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  }
  return (
    <>
      {kind === 'secret' ? <PasswordInput {...props} /> : <TextInput {...props} />}
      <ValueWarning kind={kind} names={[key, label]} value={value} onChange={onChange} />
    </>
  )
}
