// Prints what resource.Quantity of k8s.io/apimachinery makes of some 2,000 texts: one JSON array a line,
// [text, MilliValue, Value, String, exact decimal] or [text, null] where it refuses the text.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"strconv"

	"k8s.io/apimachinery/pkg/api/resource"
)

var numbers = []string{
	"0", "1", "5", "9", "10", "64", "100", "250", "999", "1000", "1023", "1024", "1025", "1536", "2048", "123456789",
	"0.1", "0.5", "1.5", "1.25", "0.001", "0.0001", "1.0000000001", "2.50", "00.7", "007", ".25", "3.", "12345.678901234",
	"0.000000000001", "4611686018427387904", "9223372036854775807", "9223372036854775808", "99999999999999999999",
}

var suffixes = []string{
	"", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
	"e0", "e3", "E3", "e+2", "E+6", "e-3", "E-3", "e5", "e9", "e12", "e18", "e-9", "e-10", "e30", "e-30", "E-1",
}

var oddities = []string{
	"", " ", "1 ", " 1", "1 Gi", "1,5", "abc", "--1", "+-1", "1..5", "1.5.2", "0x10", "1e", "1e+", "1e-", "1e1.5", "1ee5",
	"1K", "1g", "1t", "1gi", "1KI", "1Kib", "1KiB", "1Mb", "1mi", "1ni", "1ui", "1ki", "1mm", "1nM", "1Gie3", "1e3Gi",
	"1e3m", "1m1", "1M5", "1Gi5", "NaN", "Inf", "-Inf", "infinity", "1_000", "1\n", "\t1", "１", "1µ", "1μ", "1%", "$1",
	"1d", "1h", "1c", "1core", "0b1", "1l", "1f", "1;", "1-", "1+", "1+2", "-", "+", ".", "-.", "+.", ".m", "m", "Ki",
	"e3", "E", "-m", "1e00005", "1E0000", "1e-00003", "1e+00003", "+0", "-0", "-0m", "0Ki", "0e5", "0E", "00", "0.0",
	"1e18m", "1Em", "1.Gi", ".5Gi", "-.5Gi", "+.5Mi", "0.0000000001Gi", "1e19", "1e63", "-1e19", "8Ei", "7.99Ei",
	"7.999999999Ei", "-8Ei", "16Ei", "1000000000000000000000000000000000000000", "1.00000000000000000000000000000001",
	"0.99999999999999999999", "123456789012345678n", "-1.5", "-0.0001", "-1n", "-999m", "-1001m", "-1.0000000001", "-1.5Ki",
}

func texts() []string {
	all := append([]string{}, oddities...)
	for i, number := range numbers {
		for j, suffix := range suffixes {
			all = append(all, number+suffix)
			if (i+j)%2 == 0 {
				all = append(all, "-"+number+suffix)
			}
			if (i+j)%4 == 1 {
				all = append(all, "+"+number+suffix)
			}
		}
	}
	for exponent := -12; exponent <= 20; exponent++ {
		for _, number := range []string{"1", "25", "1.5", "0.125", "1999"} {
			all = append(all, number+"e"+strconv.Itoa(exponent))
		}
	}
	return all
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, text := range texts() {
		row := []any{text, nil}
		if quantity, err := resource.ParseQuantity(text); err == nil {
			milli := strconv.FormatInt(quantity.MilliValue(), 10)
			value := strconv.FormatInt(quantity.Value(), 10)
			// Parsed again, so that the text is made canonical and not reused.
			canonical := quantity.DeepCopy()
			canonical.Add(resource.Quantity{})
			row = []any{text, milli, value, canonical.String(), quantity.AsDec().String()}
		}
		if err := encoder.Encode(row); err != nil {
			log.Fatal(err)
		}
	}
}
