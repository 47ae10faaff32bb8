import { Flex, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { FileOptions, Preview } from './api'
import { encodings } from './words'

interface FileChoicesProps {
  info?: Preview['info']
  format: string
  value: FileOptions
  onChange: (value: FileOptions) => void
}

/** How the file is read: encoding and separator of a CSV, sheet of a workbook, header row. What is not chosen is found out. */
export function FileChoices({ info, format, value, onChange }: FileChoicesProps) {
  const { t } = useTranslation()
  const set = (part: FileOptions) => {
    onChange({ ...value, ...part })
  }
  const sheets = info?.sheets ?? []
  const header = value.header ?? info?.header ?? 1
  return (
    <Flex gap={12} wrap>
      {format === 'xlsx' ? (
        sheets.length > 1 && (
          <label className="import-choice">
            <span>{t('imports.sheet')}</span>
            <Select<string>
              value={value.sheet ?? info?.sheet}
              options={sheets.map((s) => ({ value: s, label: s }))}
              popupMatchSelectWidth={false}
              onChange={(sheet) => {
                set({ sheet })
              }}
            />
          </label>
        )
      ) : (
        <>
          <label className="import-choice">
            <span>{t('imports.encoding')}</span>
            <Select<string>
              value={value.encoding ?? info?.encoding}
              options={encodings.map((e) => ({ value: e, label: t(`imports.encodings.${e}`) }))}
              popupMatchSelectWidth={false}
              onChange={(encoding) => {
                set({ encoding })
              }}
            />
          </label>
          <label className="import-choice">
            <span>{t('imports.delimiter')}</span>
            <Select<string>
              value={value.delimiter ?? info?.delimiter}
              options={[
                { value: ',', label: t('imports.delimiters.comma') },
                { value: ';', label: t('imports.delimiters.semicolon') },
                { value: '\t', label: t('imports.delimiters.tab') },
                { value: '|', label: t('imports.delimiters.bar') },
              ]}
              popupMatchSelectWidth={false}
              onChange={(delimiter) => {
                set({ delimiter })
              }}
            />
          </label>
        </>
      )}
      <label className="import-choice">
        <span>{t('imports.header')}</span>
        <Select<'yes' | 'no'>
          value={header === -1 ? 'no' : 'yes'}
          options={[
            { value: 'yes', label: t('imports.headerAt') },
            { value: 'no', label: t('imports.headerNone') },
          ]}
          onChange={(has) => {
            set({ header: has === 'no' ? -1 : 1 })
          }}
        />
      </label>
      {header !== -1 && (
        <label className="import-choice">
          <span>{t('imports.headerRow')}</span>
          <InputNumber<number>
            min={1}
            max={100}
            precision={0}
            value={header}
            onChange={(row) => {
              if (row) set({ header: row })
            }}
          />
        </label>
      )}
    </Flex>
  )
}
