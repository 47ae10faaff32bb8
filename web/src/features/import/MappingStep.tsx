import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Flex, Form } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import { useZone } from '@/api/session'
import { Failure, Loading } from '@/components/ui/Faces'
import { pathOf, useFormProblems } from '@/components/ui/form'
import { useLeaveGuard } from '@/components/ui/LeaveGuard'
import { formatTime } from '@/lib/format'

import {
  attributesQuery,
  type ColumnMap,
  type FileOptions,
  type Import,
  type ImportOptions,
  type Preview,
  previewQuery,
  useStartImport,
} from './api'
import { ColumnRow } from './ColumnRow'
import { FileChoices } from './FileChoices'
import { type Choices, ImportChoices, optionsOf } from './ImportChoices'
import { PreviewTable } from './PreviewTable'
import './import.css'

/** Says where each column goes and what holds for all rows, with the head of the file as it would be taken. */
export function MappingStep({ made, onStarted }: { made: Import; onStarted: () => void }) {
  const { t, i18n } = useTranslation()
  const old = made.options
  const [file, setFile] = useState<FileOptions>(old.file ?? {})
  const [own, setOwn] = useState<ColumnMap[] | undefined>(old.columns ?? undefined)
  const [touched, setTouched] = useState(false)
  const [form] = Form.useForm<Choices>()
  const start = useStartImport(made.id)
  const pass = useLeaveGuard(touched && !start.isSuccess)
  const attributes = useQuery(attributesQuery)
  const preview = useQuery(previewQuery(made.id, { file, columns: own }, i18n.language))
  const day = formatTime(made.created_at, useZone()).slice(0, 10)
  const defaultTag = t('imports.defaultTag', { name: made.filename.replace(/\.\w+$/, '').slice(0, 60), day })
  const columns = own ?? preview.data?.columns ?? []
  const left = useFormProblems(form, start.error)
  const problems = columnProblems(preview.error ?? start.error)

  const change = (i: number, column: ColumnMap) => {
    setTouched(true)
    start.reset()
    setOwn(columns.map((c, j) => (i === j ? column : c)))
  }
  const changeFile = (next: FileOptions) => {
    setTouched(true)
    setFile(next)
    setOwn(undefined) // other cells may stand in other columns: guess anew
  }
  const go = async () => {
    let choices: Choices
    try {
      choices = await form.validateFields()
    } catch {
      return // the form shows what is missing
    }
    const body: ImportOptions = { ...optionsOf(choices), file, columns }
    start.mutate(body, {
      onSuccess: () => {
        pass()
        onStarted()
      },
    })
  }
  return (
    <Flex vertical gap={16}>
      <Card size="small" title={<h2 className="card-title">{t('imports.fileTitle', { name: made.filename })}</h2>}>
        <FileChoices info={preview.data?.info} format={made.format} value={file} onChange={changeFile} />
      </Card>
      {preview.isPending && <Loading />}
      {preview.isError && problems.size === 0 && <Failure error={preview.error} retry={() => void preview.refetch()} />}
      {columns.length > 0 && (
        <Card size="small" title={<h2 className="card-title">{t('imports.mapping')}</h2>}>
          <p className="import-hint">{t('imports.mappingHint')}</p>
          {columns.map((column, i) => (
            <ColumnRow
              key={i}
              no={i + 1}
              column={column}
              samples={samplesOf(preview.data, i)}
              attributes={attributes.data ?? []}
              taken={columns.filter((c, j) => j !== i && c.target === 'attribute').map((c) => c.key ?? '')}
              problems={problems.get(i) ?? []}
              onChange={(next) => {
                change(i, next)
              }}
            />
          ))}
        </Card>
      )}
      {preview.data && columns.length > 0 && (
        <Card size="small" title={<h2 className="card-title">{t('imports.preview')}</h2>}>
          <PreviewTable preview={preview.data} loading={preview.isFetching} />
        </Card>
      )}
      <Card size="small" title={<h2 className="card-title">{t('imports.forAll')}</h2>}>
        <ImportChoices
          form={form}
          options={made.state === 'uploaded' ? { ...old, tags: [defaultTag] } : old}
          onChange={() => {
            setTouched(true)
          }}
        />
      </Card>
      {problems.size > 0 && <Alert type="error" showIcon role="alert" title={t('imports.mappingWrong')} />}
      {left !== undefined && problems.size === 0 && <Failure error={left} />}
      <div>
        <Button
          type="primary"
          loading={start.isPending}
          disabled={columns.length === 0 || preview.isError}
          onClick={() => void go()}
        >
          {t('imports.start')}
        </Button>
      </div>
    </Flex>
  )
}

/** The mistakes of the mapping by column. */
function columnProblems(error: unknown): Map<number, string[]> {
  const out = new Map<number, string[]>()
  if (!(error instanceof Problem)) return out
  for (const e of error.errors) {
    const [first, i] = pathOf(e.path)
    if (first === 'columns' && typeof i === 'number') out.set(i, [...(out.get(i) ?? []), e.detail])
  }
  return out
}

/** The first different values of a column. */
function samplesOf(preview: Preview | undefined, i: number): string[] {
  const all = (preview?.rows ?? []).map((r) => r.cells?.[i]?.trim() ?? '').filter(Boolean)
  return [...new Set(all)].slice(0, 3)
}
