/** Reads addresses out of what was pasted or out of a file: one a line, or parted by commas, semicolons and tabs. Cells that can be neither a number nor a mail address, such as titles and
 * names, are left out when they stand beside one that can. */
export function readAddresses(text: string): string[] {
  const out: string[] = []
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const cells = line
      .split(/[,;\t]/)
      .map((cell) =>
        cell
          .trim()
          .replace(/^["']+|["']+$/g, '')
          .trim(),
      )
      .filter(Boolean)
    const likely = cells.filter((cell) => cell.includes('@') || cell.replace(/\D/g, '').length >= 8)
    out.push(...(likely.length > 0 ? likely : cells.slice(0, 1)))
  }
  return out
}
