import { CheckOutlined, MinusOutlined } from '@ant-design/icons'
import { Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { type Role, roles } from '@/api/session'

/** What may be done, with the least role that may; the routes of the API say the same. */
const rights = [
  ['look', 'viewer'],
  ['editContacts', 'care'],
  ['block', 'care'],
  ['import', 'marketer'],
  ['build', 'marketer'],
  ['send', 'marketer'],
  ['export', 'marketer'],
  ['connect', 'owner'],
  ['erase', 'owner'],
  ['lift', 'owner'],
  ['people', 'owner'],
  ['settings', 'owner'],
] as const satisfies readonly (readonly [string, Role])[]

/** The table of what each role may do. */
export function RolesTable() {
  const { t } = useTranslation()
  return (
    <div style={{ marginTop: 32 }}>
      <Typography.Title level={2} id="roles-title" style={{ fontSize: 18 }}>
        {t('settings.users.rolesTitle')}
      </Typography.Title>
      <div className="settings-table-scroll" role="region" aria-labelledby="roles-title" tabIndex={0}>
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{t('settings.users.right')}</th>
              {roles.map((r) => (
                <th scope="col" key={r}>
                  {t(`settings.role.${r}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rights.map(([right, least]) => (
              <tr key={right}>
                <th scope="row">{t(`settings.right.${right}`)}</th>
                {roles.map((r) => {
                  const may = roles.indexOf(r) >= roles.indexOf(least)
                  return (
                    <td key={r}>
                      {may ? <CheckOutlined aria-hidden /> : <MinusOutlined aria-hidden style={{ opacity: 0.5 }} />}
                      <span className="visually-hidden">{may ? t('common.yes') : t('common.no')}</span>
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
