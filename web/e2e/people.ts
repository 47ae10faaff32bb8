import { nasty } from './hostile'

const family = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Đỗ', 'Vũ']
const given = ['Thị Hà', 'Văn Nam', 'Ngọc Ánh', 'Quốc Đạt', 'Thùy Dương', 'Minh Khôi', 'Đức Phúc']
const ranks = ['Vàng', 'Bạc', 'Đồng']

/** How many people the file holds that can be reached at all. */
export const reachable = 60

/** Who is refused by Zalo and has to be reached by the fallback. */
export const refused = { name: 'Hồ Thị Từ Chối', phone: '0901230002', written: '+84901230002' }

/** Whose name is a script. */
export const attacker = { name: nasty, email: 'attacker@example.vn' }

/** A customer file as shops have them: a heading with marks, telephones in several spellings, one without any, one twice, and one whose name is a script. */
export function customerFile(): string {
  const lines = ['Họ tên,Điện thoại,Email,Hạng,Ghi chú']
  for (let i = 0; i < reachable - 2; i++) {
    const name = `${family[i % family.length] ?? ''} ${given[i % given.length] ?? ''} ${i + 1}`
    const n = String(4100 + i * 7).padStart(4, '0')
    const phone =
      [
        `09012${n.slice(0, 2)}3${n.slice(2)}`,
        `+84 902 3${n.slice(0, 2)} ${n.slice(1)}`,
        `0903.4${n.slice(0, 2)}.${n.slice(1)}`,
      ][i % 3] ?? ''
    lines.push(`${name},${phone},khach${i + 1}@example.vn,${ranks[i % 3] ?? ''},`)
  }
  lines.push(`${refused.name},${refused.phone},tuchoi@example.vn,Vàng,`)
  lines.push(
    `"${attacker.name.replaceAll('"', '""')}",0904567899,${attacker.email},Vàng,"${nasty.replaceAll('"', '""')}"`,
  )
  lines.push('Không Liên Lạc,,,Đồng,')
  lines.push('Số Sai,12345,,Đồng,')
  return lines.join('\r\n')
}
