import { normalizeDomain } from '../organizations/domain-name.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'

/** Mail for anyone: two organizations that use the same of these have nothing in common. */
const freeMail = new Set(
  [
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com icloud.com me.com mac.com aol.com mail.com email.com zoho.com',
    'yahoo.com ymail.com rocketmail.com proton.me protonmail.com pm.me fastmail.com hey.com tutanota.com hushmail.com mail.ru yandex.com',
    'yandex.ru qq.com 163.com 126.com naver.com gmx.com gmx.net gmx.de gmx.at gmx.ch web.de freenet.de t-online.de arcor.de posteo.de',
    'hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es outlook.de outlook.fr outlook.es live.co.uk live.nl live.de live.fr',
    'yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.ca yahoo.com.au yahoo.co.in yahoo.co.jp btinternet.com sky.com talktalk.net',
    'virginmedia.com ntlworld.com blueyonder.co.uk orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it tiscali.it virgilio.it',
    'bigpond.com bigpond.net.au optusnet.com.au comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net',
    'earthlink.net shaw.ca rogers.com sympatico.ca telus.net xtra.co.nz ziggo.nl kpnmail.nl planet.nl home.nl telenet.be skynet.be',
    'bluewin.ch telia.com telenor.no wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz bol.com.br uol.com.br terra.com.br',
  ].flatMap((line) => line.split(' ')),
)

/** What is looked at of one value, and how deep it may lie. */
const maxTextChars = 300
const maxDepth = 4

/** A domain in the one form in which two are compared, or undefined where it says nothing about whose it is. */
export function tellingDomain(text: string): string | undefined {
  const domain = normalizeDomain(text)?.replace(/^www\./, '')
  return domain?.includes('.') && /\.[a-z][a-z0-9-]*$/.test(domain) && !freeMail.has(domain) ? domain : undefined
}

/** The domains of a text that is, or lists, domains, e-mail addresses or web addresses and nothing else: a sentence may name anyone's. */
function domainsIn(text: string): string[] {
  if (text.length > maxTextChars || !text.includes('.')) return []
  const parts = text.split(/[\s,;|<>]+/).filter((part) => part !== '')
  return parts.every((part) => part.includes('.')) ? parts.flatMap((part) => tellingDomain(hostOf(part)) ?? []) : []
}

function hostOf(text: string): string {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(text)?.[1]
  return host ?? text.slice(text.lastIndexOf('@') + 1).replace(/\/.*$/, '')
}

/** The domains that an external organization's metadata names, each once. */
export function domainsOf(metadata: JsonObject): string[] {
  const found = new Set<string>()
  const look = (value: JsonValue, depth: number): void => {
    if (typeof value === 'string') for (const domain of domainsIn(value)) found.add(domain)
    if (typeof value !== 'object' || value === null || depth === maxDepth) return
    for (const part of Object.values(value)) look(part, depth + 1)
  }
  look(metadata, 0)
  return [...found]
}
