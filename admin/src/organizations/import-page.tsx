import { type ImportOrganizations200, importOrganizations } from '@crosswalk/client'
import { Alert, Button, FileInput, Group, Select, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { PageHeader } from '../elements/page-header.tsx'
import { Panel } from '../elements/panel.tsx'
import { useLack } from '../parts/grants/use-may.ts'
import { paths } from '../paths.ts'
import { integrationsFor } from '../queries/integrations.ts'
import { organizationFields } from '../queries/organization-fields.ts'
import { organizationsKey } from '../queries/organizations.ts'
import { useGo } from '../url-state.ts'
import { ImportedRows } from './imported-rows.tsx'

type Preview = ImportOrganizations200
const trail = [{ label: 'Organizations', to: paths.organizations() }]
const maxBytes = 4_000_000

/** @throws Error - it is too large, or not UTF-8. */
async function readText(file: File): Promise<string> {
  if (file.size > maxBytes) throw new Error('The file is larger than 4 MB. Split it, and import the parts one after the other.')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch {
    throw new Error('The file is not UTF-8. Save it as “CSV UTF-8”, and choose it again.')
  }
}

/** Every target that a column can have, with the words for it. */
function useTargets() {
  const fields = useQuery(organizationFields).data ?? []
  const integrations = (useQuery(integrationsFor()).data?.integrations ?? []).filter((each) => each.supports_org_mapping)
  return [
    { value: '', label: 'Leave out' },
    { value: 'name', label: 'Name' },
    { value: 'id', label: 'Id in Crosswalk' },
    { value: 'domains', label: 'Domains' },
    { value: 'tenant_id', label: 'Microsoft 365 tenant id' },
    { value: 'tags', label: 'Tags' },
    ...fields.map(({ name, label }) => ({ value: `field:${name}`, label })),
    ...integrations.map(({ name, display_name }) => ({ value: `external:${name}`, label: `Id in ${display_name}` })),
  ]
}

/** Organizations from a file: what becomes of each row is shown before anything is written. */
export function ImportPage() {
  const [csv, setCsv] = useState('')
  const [preview, setPreview] = useState<Preview>()
  const reason = useLack('canManageOrganizations')
  const targets = useTargets()
  const queries = useQueryClient()
  const go = useGo()
  const previewing = useMutation({
    async mutationFn(given: { file: File } | { columns: string[] }) {
      const text = 'file' in given ? await readText(given.file) : csv
      setCsv(text)
      return importOrganizations({ csv: text, dry_run: true, ...('columns' in given ? { columns: given.columns } : {}) })
    },
    onSuccess: setPreview,
  })
  const importing = useMutation({
    mutationFn: (columns: string[]) => importOrganizations({ csv, columns }),
    async onSuccess({ outcomes }) {
      await queries.invalidateQueries({ queryKey: organizationsKey })
      notifyDone(`Imported: ${outcomes.new} new, ${outcomes.changed} changed.`)
      go(paths.organizations())
    },
  })
  const columns = preview?.columns.map(({ target }) => target) ?? []
  const choose = (file: File | null) => {
    setPreview(undefined)
    previewing.reset()
    importing.reset()
    if (file) previewing.mutate({ file })
  }
  const refused = preview?.outcomes.refused ?? 0
  const wanted = (preview?.outcomes.new ?? 0) + (preview?.outcomes.changed ?? 0)
  const lack = reason ?? (refused > 0 ? 'Some rows are refused. Nothing is imported until all can be.' : undefined)
  return (
    <>
      <PageHeader
        title="Import organizations"
        trail={trail}
        description="From a CSV file with headings in its first row. Nothing is written before you have seen what becomes of each row."
      />
      <Stack>
        <FileInput
          label="CSV file"
          description="UTF-8, with commas, semicolons or tabs; 10,000 rows at most. Empty cells change nothing."
          placeholder="Choose a file"
          accept=".csv,.tsv,.txt,text/csv"
          leftSection={<IconFileUpload size={16} />}
          onChange={choose}
          maw={460}
        />
        {previewing.isPending && <Text role="status">Reading the file…</Text>}
        {previewing.error && <ErrorNotice error={previewing.error} title="The file was not read" />}
        {preview && (
          <>
            <Panel title="Columns">
              <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
                {preview.columns.map(({ heading, target }, index) => (
                  <Select
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity, and two may have one heading
                    key={index}
                    label={heading || `Column ${index + 1}`}
                    data={targets}
                    value={target}
                    allowDeselect={false}
                    disabled={previewing.isPending}
                    onChange={(chosen) => previewing.mutate({ columns: columns.with(index, chosen ?? '') })}
                  />
                ))}
              </SimpleGrid>
            </Panel>
            <ImportedRows rows={preview.rows} outcomes={preview.outcomes} targets={targets} />
            {importing.error && <ErrorNotice error={importing.error} title="Nothing was imported" />}
            <Group>
              <ActionButton
                reason={lack ?? (wanted === 0 ? 'There is nothing to import.' : undefined)}
                loading={importing.isPending}
                onClick={() => importing.mutate(columns)}
              >
                {`Import ${wanted.toLocaleString()} ${wanted === 1 ? 'organization' : 'organizations'}`}
              </ActionButton>
              <Button variant="default" onClick={() => go(paths.organizations())}>
                Cancel
              </Button>
            </Group>
          </>
        )}
        {!preview && !previewing.isPending && (
          <Alert variant="light" title="Are they in a tool already?">
            An integration that lists its customers adds them without a file: open it under{' '}
            <AppLink to={paths.integrations()} underline="always">
              Integrations
            </AppLink>
            , then <i>Match</i>.
          </Alert>
        )}
      </Stack>
    </>
  )
}
