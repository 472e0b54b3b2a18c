import { Button, Group, MultiSelect, Select, Stack, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { messageOf } from '../../elements/error-notice.tsx'
import { formOptionsOf } from '../../queries/forms.ts'
import { organizationOf } from '../../queries/organizations.ts'
import { allDataProviders, optionsOf } from '../../queries/workflows.ts'
import { type FieldProps, keyOf, useInputProps } from './field-props.ts'
import { givenOf, isObject, type JsonObject } from './form-schema.ts'
import { useForm, useObstacle } from './form-state.ts'
import { groupsOf, offersOf } from './offers.ts'

type ProvidedProps = FieldProps & { provider: string; isMany: boolean; isNumber: boolean; isClosed: boolean }

/** The provider's own parameters, as far as the form has fields of the same names: when one of them changes, the options are asked for again. */
function useParameters(provider: string, form: JsonObject): JsonObject {
  const { offered } = useForm()
  const { data } = useQuery({ ...allDataProviders, enabled: offered === undefined })
  const properties = data?.dataProviders.find(({ name }) => name === provider)?.parameters_schema.properties
  const ofOffered = offered?.data_providers.find(({ name }) => name === provider)?.fields ?? []
  const names = offered ? ofOffered : isObject(properties) ? Object.keys(properties) : []
  return givenOf(names, form)
}

/** The options of the organization; of several, those of all of them together. */
function useOffers(provider: string) {
  const { organizationIds, value: form, offered } = useForm()
  const parameters = useParameters(provider, form)
  return useQueries({
    queries: organizationIds.map((id) =>
      offered ? formOptionsOf(offered.id, provider, id, parameters) : optionsOf(provider, id, parameters),
    ),
    combine(answers) {
      const told = answers.flatMap(({ data }, index) => {
        const organizationId = organizationIds[index]
        return data && organizationId !== undefined ? [{ organizationId, options: data.options }] : []
      })
      return {
        offered: offersOf(told),
        told: told.map(({ organizationId }) => organizationId),
        isComplete: answers.length > 0 && answers.every(({ data }) => data !== undefined),
        isLoading: answers.some(({ data, isFetching }) => data === undefined && isFetching),
        isAnyThere: answers.some(({ data }) => data !== undefined),
        error: answers.find(({ error, data }) => error !== null && data === undefined)?.error ?? null,
        again: () => {
          for (const { refetch } of answers) void refetch()
        },
      }
    },
  })
}

/** Names of organizations as far as they are known by now, for whom differs. */
function useNames(organizationIds: readonly string[], isNeeded: boolean): (organizationId: string) => string {
  const names = useQueries({
    queries: organizationIds.map((id) => ({ ...organizationOf(id), enabled: isNeeded })),
    combine: (answers) => new Map(answers.map(({ data }, index) => [organizationIds[index], data?.name])),
  })
  return (id) => names.get(id) ?? 'another organization'
}

/**
 * A field whose options a data provider has. A value that is not offered, or of which nobody can tell, is not sent. For many organizations
 * the options are those of some of them: where the field is closed, what each of these has; otherwise all, and another value can be typed.
 */
export function ProvidedField({ provider, isMany, isNumber, isClosed, ...props }: ProvidedProps) {
  const { value, onChange, nothing, isRequired, label, path, schema } = props
  const { organizationIds, isForMany, isTried } = useForm()
  const { offered, told, isComplete, isLoading, isAnyThere, error, again } = useOffers(provider)
  const isOfEach = isForMany && isClosed
  const nameOf = useNames(organizationIds, isOfEach)
  const [typed, setTyped] = useState('')
  const labels = useRef(new Map<string, string>())
  for (const [key, option] of offered) labels.current.set(key, option.label)
  const chosen = (isMany ? (Array.isArray(value) ? value : []) : (value ?? null) === null ? [] : [value]).map((one) => JSON.stringify(one))
  const labelOf = (key: string) => labels.current.get(key) ?? String(JSON.parse(key))
  const gone = isForMany || !isComplete ? [] : chosen.filter((key) => !offered.has(key))
  const isUnknown = !isForMany && chosen.length > 0 && !isComplete && organizationIds.length > 0
  const notOfEach = isOfEach
    ? chosen.flatMap((key) => told.filter((id) => !offered.get(key)?.heldBy.includes(id)).map((id) => ({ key, id })))
    : []
  const problem =
    notOfEach.length > 0
      ? `${[...new Set(notOfEach.map(({ key }) => `“${labelOf(key)}”`))].join(', ')} is not offered to ${[...new Set(notOfEach.map(({ id }) => nameOf(id)))].join(', ')}. Choose what each of them has.`
      : gone.length > 0
        ? `${gone.map((key) => `“${labelOf(key)}”`).join(', ')} ${gone.length === 1 ? 'is' : 'are'} no longer offered. Choose another.`
        : error && !isAnyThere && !isForMany
          ? `The options could not be loaded: ${messageOf(error)}`
          : undefined
  const waiting = isUnknown && isLoading ? 'The options are still being loaded. Try again in a moment.' : undefined
  useObstacle(keyOf(path), chosen.length > 0 ? (problem ?? waiting) : undefined)

  const own = useInputProps(props)
  const typedValue = typed.trim() === '' ? undefined : isNumber && Number.isFinite(Number(typed)) ? Number(typed) : typed.trim()
  const typedKey = typedValue === undefined ? undefined : JSON.stringify(typedValue)
  const isNew = isForMany && !isClosed && typedKey !== undefined && ![...offered.values()].some((option) => option.label === typed.trim())
  const extra = [...new Set([...chosen, ...(isNew && !isNumber ? [typedKey] : isNew && typeof typedValue === 'number' ? [typedKey] : [])])]
  const data = [
    ...(isOfEach ? groupsOf(offered, told.length, nameOf) : [...offered].map(([key, option]) => ({ value: key, label: option.label }))),
    ...extra
      .filter((key) => !offered.has(key))
      .map((key) => ({ value: key, label: chosen.includes(key) ? labelOf(key) : `Use “${String(JSON.parse(key))}”` })),
  ]
  const valueFor = (key: string) => offered.get(key)?.value ?? JSON.parse(key)
  const isNobody = organizationIds.length === 0 && !isForMany
  const forMany = isClosed
    ? 'Each of the organizations must have the value that you choose. The list comes from some of them.'
    : 'The list comes from some of these organizations. Each of them gets the value that you choose; you can type another.'
  const input = {
    ...own,
    description: isNobody
      ? 'Choose the organization first.'
      : [schema.description, isForMany ? forMany : ''].filter((part) => typeof part === 'string' && part !== '').join(' ') || undefined,
    disabled: isNobody,
    searchable: true,
    // The focus comes here on its own where something is wrong.
    openOnFocus: false,
    clearable: !isRequired,
    clearButtonProps: { 'aria-label': `Clear ${label}` },
    data,
    placeholder: isLoading ? 'Loading the options…' : isMany && chosen.length > 0 ? '' : 'Choose',
    nothingFoundMessage: data.length === 0 ? 'There is nothing to choose' : 'Nothing has this name',
    error: problem ?? (isTried ? waiting : undefined) ?? own.error,
  }
  return (
    <Stack gap={4}>
      {isMany ? (
        <MultiSelect
          {...input}
          value={chosen}
          onSearchChange={setTyped}
          onChange={(keys) => onChange(keys.length === 0 && !isRequired ? nothing : keys.map(valueFor))}
        />
      ) : (
        <Select
          {...input}
          value={chosen[0] ?? null}
          onSearchChange={(text) => setTyped(chosen.some((key) => labelOf(key) === text) ? '' : text)}
          onChange={(key) => onChange(key === null ? nothing : valueFor(key))}
        />
      )}
      {!isNobody && !isLoading && (error !== null || (isComplete && offered.size === 0)) && (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {error === null
              ? `There is nothing to choose${isForMany ? '' : ' for this organization'}.`
              : isForMany
                ? 'The options of some organizations could not be loaded.'
                : ''}
          </Text>
          <Button size="compact-xs" variant="default" leftSection={<IconRefresh size={12} />} onClick={again}>
            Load again
          </Button>
        </Group>
      )}
    </Stack>
  )
}
