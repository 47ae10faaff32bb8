import { ArrowDownOutlined, ArrowUpOutlined, SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Drawer, Flex } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Attribute } from './api'
import { builtIn, moved, usual } from './columns'
import { useColumnName } from './ContactTable'

/** Chooses which columns are shown, and in which order. */
export function ColumnChooser(props: {
  columns: string[]
  attributes: Attribute[]
  onChange: (columns: string[]) => void
}) {
  const { columns, attributes, onChange } = props
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const name = useColumnName(attributes)
  const all = [...builtIn, ...attributes.map((a) => `attr.${a.key}`)]
  const chosen = columns.filter((c) => all.includes(c))
  const rest = all.filter((c) => !chosen.includes(c))
  return (
    <>
      <Button
        icon={<SettingOutlined />}
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(true)
        }}
      >
        {t('contacts.columns.title')}
      </Button>
      <Drawer
        open={open}
        title={t('contacts.columns.title')}
        size={360}
        styles={{ wrapper: { maxWidth: '100vw' } }}
        onClose={() => {
          setOpen(false)
        }}
        footer={
          <Button
            onClick={() => {
              onChange(usual)
            }}
          >
            {t('contacts.columns.usual')}
          </Button>
        }
      >
        <p style={{ marginTop: 0 }}>{t('contacts.columns.hint')}</p>
        <Flex vertical gap={4} component="ul" className="contact-columns">
          {[...chosen, ...rest].map((column) => {
            const i = chosen.indexOf(column)
            const label = name(column) ?? column
            return (
              <Flex key={column} component="li" justify="space-between" align="center" gap={8}>
                <Checkbox
                  checked={i >= 0}
                  onChange={(e) => {
                    onChange(e.target.checked ? [...chosen, column] : chosen.filter((c) => c !== column))
                  }}
                >
                  {label}
                </Checkbox>
                {i >= 0 && (
                  <span>
                    <Button
                      type="text"
                      size="small"
                      icon={<ArrowUpOutlined />}
                      disabled={i === 0}
                      aria-label={t('contacts.columns.up', { name: label })}
                      onClick={() => {
                        onChange(moved(chosen, column, -1))
                      }}
                    />
                    <Button
                      type="text"
                      size="small"
                      icon={<ArrowDownOutlined />}
                      disabled={i === chosen.length - 1}
                      aria-label={t('contacts.columns.down', { name: label })}
                      onClick={() => {
                        onChange(moved(chosen, column, 1))
                      }}
                    />
                  </span>
                )}
              </Flex>
            )
          })}
        </Flex>
      </Drawer>
    </>
  )
}
