package phone

// block is a range of the first three digits after the zero, both ends included, with the network that got it first.
type block struct {
	from, to int
	carrier  string
}

// blocks are the mobile blocks of Vietnam as in libphonenumber's metadata of 2026-07; a test compares them with the library number block by number block.
var blocks = []block{
	{300, 309, "mobifone"}, {310, 399, "viettel"}, {510, 519, "mobifone"}, {522, 523, "vietnamobile"}, {528, 528, "vietnamobile"}, {559, 559, "wintel"},
	{560, 569, "vietnamobile"}, {580, 589, "vietnamobile"}, {590, 599, "gmobile"}, {700, 709, "mobifone"}, {760, 799, "mobifone"}, {810, 859, "vinaphone"},
	{860, 869, "viettel"}, {870, 879, "itel"}, {880, 889, "vinaphone"}, {896, 899, "mobifone"}, {900, 909, "mobifone"}, {910, 919, "vinaphone"},
	{920, 929, "vietnamobile"}, {930, 939, "mobifone"}, {940, 949, "vinaphone"}, {950, 959, ""}, {960, 989, "viettel"}, {990, 991, ""}, {993, 997, "gmobile"},
	{998, 999, "indochina"},
}

var table = func() (t [1000]uint8) {
	for i, b := range blocks {
		for n := b.from; n <= b.to; n++ {
			t[n] = uint8(i + 1)
		}
	}
	return t
}()

// mobileBlock reports whether nine digits without the zero are a Vietnamese mobile number.
func mobileBlock(d []byte) bool {
	return len(d) == 9 && table[int(d[0]-'0')*100+int(d[1]-'0')*10+int(d[2]-'0')] != 0
}

// replaced are the 11-digit prefixes without their zero and what they became in 2018 (decision 798/QĐ-BTTTT).
var replaced = map[string]string{
	"120": "70", "121": "79", "122": "77", "126": "76", "128": "78", // MobiFone
	"123": "83", "124": "84", "125": "85", "127": "81", "129": "82", // VinaPhone
	"162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39", // Viettel
	"186": "56", "188": "58", // Vietnamobile
	"199": "59", // Gmobile
}

// Carrier guesses the network of a Vietnamese mobile number in E.164 form by its block: viettel, mobifone, vinaphone, vietnamobile, gmobile, itel, wintel, indochina, or "" when
// it cannot tell. People keep their number when they change the network, so this is good for a price estimate and never a reason to refuse.
func Carrier(e164 string) string {
	if len(e164) != 12 || e164[:3] != "+84" {
		return ""
	}
	for i := 3; i < 12; i++ {
		if e164[i] < '0' || e164[i] > '9' {
			return ""
		}
	}
	i := table[int(e164[3]-'0')*100+int(e164[4]-'0')*10+int(e164[5]-'0')]
	if i == 0 {
		return ""
	}
	return blocks[i-1].carrier
}
