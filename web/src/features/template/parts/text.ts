/** The characters of a text that are sure to be sent: its variables are measured for each person. */
export const used = (text: string): number => [...text.replace(/\{\{.*?\}\}|\{%.*?%\}/gs, '').normalize('NFC')].length

/** Whether something of a text is filled in for each person. */
export const varies = (text: string): boolean => /\{\{.*?\}\}|\{%.*?%\}/s.test(text)
