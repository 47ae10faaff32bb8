import { Link } from '@tanstack/react-router'
import { Flex, Table, type TableColumnsType, Tag, Typography } from 'antd'
import type { Key } from 'react'
import { useTranslation } from 'react-i18next'

import { formatTime } from '@/lib/format'
import { useChannel } from '@/lib/words'

import type { Attribute, Contact } from './api'
import { builtIn } from './columns'
import { formatDay, useAttributeText, useCall, useWords } from './words'

export function Tags({ tags }: { tags: string[] | null }) {
  if (!tags?.length) return null
  return (
    <Flex gap={4} wrap>
      {tags.map((tag) => (
        <Tag key={tag} style={{ margin: 0, whiteSpace: 'normal', overflowWrap: 'anywhere' }}>
          {tag}
        </Tag>
      ))}
    </Flex>
  )
}

/** Gives what stands in a column of a person. */
export function useCell(attributes: Attribute[], zone: string) {
  const channel = useChannel()
  const words = useWords()
  const attributeText = useAttributeText()
  const list = (names: string[] | null) => names?.map(channel).join(', ')
  return (c: Contact, column: string) => {
    switch (column) {
      case 'tags':
        return c.tags?.length ? <Tags tags={c.tags} /> : undefined
      case 'reach':
        return list((c.reach ?? []).filter((ch) => !c.blocked?.includes(ch)))
      case 'consent':
        return list(c.consent)
      case 'birthday':
        return formatDay(c.birthday)
      case 'gender':
        return c.gender && words.gender(c.gender)
      case 'created_at':
      case 'updated_at':
        return formatTime(c[column], zone)
      case 'phone':
      case 'email':
      case 'external_id':
        return c[column]
    }
    const attribute = attributes.find((a) => `attr.${a.key}` === column)
    return attribute && attributeText(attribute, c.attrs[attribute.key])
  }
}

/** Names a column; undefined when it is of an attribute that is gone. */
export function useColumnName(attributes: Attribute[]) {
  const { t } = useTranslation()
  return (column: string): string | undefined => {
    const known = builtIn.find((b) => b === column)
    return known ? t(`contacts.field.${known}`) : attributes.find((a) => `attr.${a.key}` === column)?.label
  }
}

/** Telephones and times are read as one, so they do not break. */
const kindOf = (column: string) => (column === 'phone' || column.endsWith('_at') ? 'whole' : 'text')

interface ContactTableProps {
  items: Contact[]
  columns: string[]
  attributes: Attribute[]
  zone: string
  narrow: boolean
  loading: boolean
  selected?: number[]
  onSelect?: (ids: number[]) => void
}

/** The people of one page. On a narrow screen everything stands under the name. */
export function ContactTable(props: ContactTableProps) {
  const { items, columns, attributes, zone, narrow, loading, selected, onSelect } = props
  const { t } = useTranslation()
  const call = useCall()
  const cell = useCell(attributes, zone)
  const name = useColumnName(attributes)
  const link = (c: Contact) => (
    <Link to="/contacts/$id" params={{ id: c.id }} search={{}} className="strong contact-name">
      {call(c)}
    </Link>
  )
  const shown = columns.filter((column) => name(column) !== undefined)
  const wide: TableColumnsType<Contact> = [
    { key: 'name', title: t('contacts.field.name'), render: (_, c) => link(c) },
    ...shown.map((column) => ({
      key: column,
      title: name(column),
      render: (_: unknown, c: Contact) => (
        <div className={`contact-cell contact-${kindOf(column)}`}>{cell(c, column)}</div>
      ),
    })),
  ]
  const slim: TableColumnsType<Contact> = [
    {
      key: 'name',
      title: t('contacts.field.name'),
      render: (_, c) => (
        <Flex vertical gap={4}>
          {link(c)}
          {shown.map((column) => {
            const text = cell(c, column)
            return (
              text && (
                <div key={column} className="contact-line">
                  <Typography.Text type="secondary">{name(column)}: </Typography.Text>
                  {text}
                </div>
              )
            )
          })}
        </Flex>
      ),
    },
  ]
  return (
    <div className="contact-wide">
      <Table<Contact>
        rowKey="id"
        columns={narrow ? slim : wide}
        dataSource={items}
        pagination={false}
        loading={loading}
        size="middle"
        rowSelection={
          onSelect && {
            selectedRowKeys: selected,
            preserveSelectedRowKeys: true,
            onChange: (keys: Key[]) => {
              onSelect(keys.map(Number))
            },
            getCheckboxProps: (c) => ({ 'aria-label': t('contacts.select', { name: call(c) }) }) as object,
            getTitleCheckboxProps: () => ({ 'aria-label': t('contacts.selectPage') }) as object,
          }
        }
      />
    </div>
  )
}
