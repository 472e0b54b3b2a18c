/** The pattern of `like` that holds for each text with this one in it. */
export const containing = (text: string): string => `%${text.normalize('NFC').replace(/[\\%_]/g, '\\$&')}%`
