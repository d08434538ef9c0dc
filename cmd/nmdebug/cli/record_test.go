package cli_test

import (
	"testing"
	"time"

	"nmdebug/cmd/nmdebug/cli"
	"nmdebug/cmd/nmdebug/observe"
)

func TestRecordSummary(t *testing.T) {
	for _, tt := range []struct {
		sum  observe.Recorded
		file string
		want string
	}{
		{
			observe.Recorded{Files: 1, Records: 170, Bytes: 88064, Removed: 3},
			"vpn.pcapng",
			"170 records, 86 kB in vpn.pcapng; nothing lost, 3 secrets removed",
		},
		{
			observe.Recorded{Files: 3, Records: 9, Bytes: 900},
			"-",
			"9 records, 900 bytes in the standard output; nothing lost, 0 secrets removed",
		},
		{
			observe.Recorded{Files: 2, Records: 9, Bytes: 900, Lost: 2, Blind: 1017 * time.Millisecond},
			"x",
			"9 records, 900 bytes in x and 1 file before it; 2 LOST, what others said on D-Bus NOT SEEN for 1s, 0 secrets removed",
		},
		{
			observe.Recorded{Files: 23, Records: 29351, Bytes: 33 << 20, Removed: 7},
			"x",
			"29351 records, 33 MB, the last of them in x and the 3 files before it; nothing lost, 7 secrets removed",
		},
	} {
		if got := cli.RecordSummary(tt.sum, tt.file); got != tt.want {
			t.Errorf("%+v is\n%s\nwant\n%s", tt.sum, got, tt.want)
		}
	}
}
