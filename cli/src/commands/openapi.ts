import { callApi } from '@crosswalk/client'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { makeCommand } from '../command.ts'
import { printJson } from '../output/print.ts'

export function openapiCommand(cli: Cli): Command {
  return makeCommand('openapi', "Print the API's description (OpenAPI 3.1).", ['openapi > openapi.json'])
    .option('--json', 'the same: it is JSON anyway')
    .action(async () => printJson(cli.terminal, await callApi('/api/openapi.json', await cli.call())))
}
