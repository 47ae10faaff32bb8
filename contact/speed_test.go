package contact

import (
	"fmt"
	"math/rand"
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

func BenchmarkImport(b *testing.B) {
	text := phoneBook(60_000)
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}} {
		b.Run(engine.name, func(b *testing.B) {
			for b.Loop() {
				s, ws := newService(b, engine.open(b))
				imported(b, s, ws, "kh.csv", text, ImportOptions{})
			}
			b.ReportMetric(60_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
