import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { attributesQuery } from '@/components/variables'

import { Choice } from '../parts/Choice'
import { Pieces } from '../parts/Pieces'
import { goodPointer, limits } from './content'
import { Line } from './Line'

interface Row {
  key: string
  pointer: string
}

interface SavedProps {
  value?: Record<string, string>
  problems: Partial<Record<string, string>>
  onChange: (value: Record<string, string> | undefined) => void
}

/** Values of the answer that are written to the customer. */
export function Saved({ value, problems, onChange }: SavedProps) {
  const { t } = useTranslation()
  const attributes = useQuery(attributesQuery)
  // Rows keep their order and may lack an attribute while somebody chooses; the content knows attributes only.
  const [rows, setRows] = useState<Row[]>(() => Object.entries(value ?? {}).map(([key, pointer]) => ({ key, pointer })))
  const nameOf = (i: number) => t('httpEditor.saved', { number: i + 1 })
  const known = (attributes.data ?? []).map((a) => ({ value: a.key, label: `${a.label} (${a.key})` }))
  return (
    <Pieces<Row>
      title={t('httpEditor.save')}
      list={rows}
      max={limits.saved}
      add={t('httpEditor.addSaved')}
      fresh={{ key: '', pointer: '' }}
      nameOf={nameOf}
      problem={problems.save}
      onChange={(list) => {
        setRows(list)
        onChange(list.length > 0 ? Object.fromEntries(list.map((r) => [r.key, r.pointer])) : undefined)
      }}
    >
      {(row, i, put) => {
        const twice = row.key !== '' && rows.some((o, at) => at < i && o.key === row.key)
        const problem = twice ? t('httpEditor.twice') : problems[`save.${row.key}`]
        const pick = t('httpEditor.attribute')
        const gone = row.key !== '' && attributes.isSuccess && !known.some((k) => k.value === row.key)
        return (
          <>
            <Choice<string>
              path={`save.${i}.key`}
              label={pick}
              name={`${nameOf(i)}: ${pick}`}
              value={row.key || undefined}
              placeholder={t('httpEditor.chooseAttribute')}
              empty={t('httpEditor.noAttributes')}
              loading={attributes.isPending}
              options={gone ? [{ value: row.key, label: row.key }, ...known] : known}
              warning={gone ? t('httpEditor.noAttribute') : undefined}
              problem={problem}
              onChange={(key) => {
                put({ key })
              }}
            />
            <Line
              path={`save.${i}.pointer`}
              label={t('httpEditor.pointer')}
              name={`${nameOf(i)}: ${t('httpEditor.pointer')}`}
              hint={t('httpEditor.pointerHint')}
              placeholder="/customer/code"
              value={row.pointer}
              problem={goodPointer(row.pointer) ? undefined : t('httpEditor.badPointer')}
              onChange={(pointer) => {
                put({ pointer: pointer.trim() })
              }}
            />
          </>
        )
      }}
    </Pieces>
  )
}
