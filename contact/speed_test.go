package contact

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/loa-project/loa/internal/db"
	"github.com/loa-project/loa/internal/dbtest"
)

// names are drawn with the weights of a Vietnamese phone book: few family names, many given ones.
var (
	families = strings.Fields("Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý")
	middles  = strings.Fields("Văn Văn Văn Thị Thị Thị Minh Ngọc Đức Thanh Quang Hữu Thu Gia Bảo Hoàng Xuân Kim Anh Tuấn")
	givens   = strings.Fields("An Anh Bình Châu Chi Cường Dũng Dung Duy Đạt Giang Hà Hải Hạnh Hằng Hiếu Hoa Hòa Hùng Huy Hương Khánh Khoa Lan Linh Loan Long Mai Minh My Nam Nga Ngân Nghĩa Nhi Nhung Oanh Phong Phúc Phương Quân Quỳnh Sơn Tâm Thảo Thắng Thủy Trang Trinh Trung Tú Tuấn Uyên Vân Việt Vy Xuân Yến Ước Khuê")
)

func bookName(r *rand.Rand) string {
	name := families[r.Intn(len(families))] + " " + middles[r.Intn(len(middles))]
	if r.Intn(3) == 0 {
		name += " " + middles[r.Intn(len(middles))]
	}
	return name + " " + givens[r.Intn(len(givens))]
}

// phoneBook is a customer file of n rows.
func phoneBook(n int) string {
	r := rand.New(rand.NewSource(1))
	var b strings.Builder
	b.WriteString("Mã KH,Họ và tên,Số điện thoại,Email,Ngày sinh,Hạng,Tổng chi tiêu,Thẻ\n")
	for i := range n {
		fmt.Fprintf(&b, "KH%07d,%s,09%08d,k%07d@example.com,,Vàng,%d,VIP\n", i, bookName(r), 10_000_000+i*7, i, i*1000)
	}
	return b.String()
}

const importRows = 60_000

func BenchmarkImport(b *testing.B) {
	text := phoneBook(importRows)
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			for b.Loop() {
				s, ws := newService(b, engine.open(b))
				imported(b, s, ws, "kh.csv", text, ImportOptions{})
			}
			b.ReportMetric(importRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkSearch measures pages and searches over people with the names of a phone book: 100,000 of them, or as many as LOA_BENCH_PEOPLE says.
func BenchmarkSearch(b *testing.B) {
	n := 100_000
	if v, err := strconv.Atoi(os.Getenv("LOA_BENCH_PEOPLE")); err == nil {
		n = v
	}
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			d := engine.open(b)
			s, ws := newService(b, d)
			ctx := context.Background()
			r := rand.New(rand.NewSource(3))
			for done := 0; done < n; done += 10_000 {
				var people []*person
				for i := range 10_000 {
					no := done + i
					people = append(people, &person{row: row{external: fmt.Sprintf("KH%07d", no), name: bookName(r), phone: fmt.Sprintf("+849%08d", 10_000_000+no*7), email: fmt.Sprintf("k%07d@example.com", no)}})
				}
				if err := d.WithTx(ctx, func(tx *db.Tx) error {
					if err := insertPeople(ctx, tx, ws, 1, people); err != nil {
						return err
					}
					return indexWords(ctx, tx, ws, people)
				}); err != nil {
					b.Fatal(err)
				}
			}
			if err := d.Analyze(ctx, "contact", "contact_word"); err != nil {
				b.Fatal(err)
			}
			for _, search := range []string{"", "nguyen", "khue", "tran thi quynh huong", "le quynh", "ngo ba", "zzz", "nguyen zzz", "n", "091", "0912345674", "kh0001234", "k0001234@"} {
				for _, newest := range []bool{true, false} {
					b.Run(fmt.Sprintf("%q/newest=%v", search, newest), func(b *testing.B) {
						for b.Loop() {
							if _, _, err := s.List(ctx, ws, Filter{Search: search}, Window{Newest: newest, Limit: 50}); err != nil {
								b.Fatal(err)
							}
						}
					})
				}
				b.Run(fmt.Sprintf("%q/count", search), func(b *testing.B) {
					for b.Loop() {
						if _, err := s.Count(ctx, ws, Filter{Search: search}, false); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}
