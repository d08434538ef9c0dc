package wpaconf_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nmdebug/wpadbus/wpaconf"
)

// sameFile compares files but for the numbers of their lines.
var sameFile = cmp.Options{
	cmpopts.EquateEmpty(),
	cmpopts.IgnoreFields(wpaconf.Line{}, "At"), cmpopts.IgnoreFields(wpaconf.Block{}, "At"), cmpopts.IgnoreFields(wpaconf.Blob{}, "At"),
}

func parse(t *testing.T, text string) wpaconf.File {
	t.Helper()
	f, err := wpaconf.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func write(t *testing.T, f wpaconf.File) string {
	t.Helper()
	var out strings.Builder
	if err := wpaconf.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const sample = `# of the house
ctrl_interface=DIR=/run/wpa_supplicant GROUP=netdev
ap_scan=1 # scan

# the flat
network={
	ssid="home"
	psk="a # in quotes" # and one after
	#key_mgmt=NONE
	pairwise=CCMP  TKIP
}
  network={
 ssid=00ff
	psk=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
}
cred={
	realm="example.com"
}
blob-base64-ca={
	aGVs
	bG8h
}
`

func TestParse(t *testing.T) {
	want := wpaconf.File{
		Globals: []wpaconf.Line{
			{Comment: "of the house", At: 1},
			{Key: "ctrl_interface", Value: "DIR=/run/wpa_supplicant GROUP=netdev", At: 2},
			{Key: "ap_scan", Value: "1", Comment: "scan", At: 3},
		},
		Blocks: []wpaconf.Block{
			{Section: wpaconf.Network, Comments: []string{"the flat"}, At: 6, Lines: []wpaconf.Line{
				{Key: "ssid", Value: `"home"`, At: 7},
				{Key: "psk", Value: `"a # in quotes"`, Comment: "and one after", At: 8},
				{Comment: "key_mgmt=NONE", At: 9},
				{Key: "pairwise", Value: "CCMP  TKIP", At: 10},
			}},
			{Section: wpaconf.Network, At: 12, Lines: []wpaconf.Line{
				{Key: "ssid", Value: "00ff", At: 13},
				{Key: "psk", Value: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", At: 14},
			}},
			{Section: wpaconf.Cred, At: 16, Lines: []wpaconf.Line{{Key: "realm", Value: `"example.com"`, At: 17}}},
		},
		Blobs: []wpaconf.Blob{{Name: "ca", Data: []byte("hello!"), At: 19}},
	}
	got := parse(t, sample)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	again := parse(t, write(t, got))
	if diff := cmp.Diff(got, again, sameFile); diff != "" {
		t.Errorf("written and read again (-first +again)\n%s", diff)
	}
	if psk, _ := got.Networks()[0].Value("psk"); psk != `"a # in quotes"` {
		t.Errorf("psk is %s", psk)
	}
}

func TestParseErrorsNameTheLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no setting", "ap_scan=1\nhello\n", "line 2: not a setting"},
		{"a blank before =", "ap_scan =1\n", "line 1: no blank"},
		{"a block with blanks", "network = {\n}\n", "line 1: write network={"},
		{"closed on the same line", "network={}\n", "line 1: write network={"},
		{"a brace too many", "network={\n}\n}\n", "line 3: not a setting"},
		{"an open block", "\nnetwork={\nssid=\"x\"\n", "line 2: the block network={ is not closed"},
		{"an open quotation", "network={\nssid=\"x\n}\n", "line 2: the quotation of ssid"},
		{"a comment that cuts a quotation", "network={\npsk=\"a\"b # c\"\n}\n", ""},
		{"a zero byte", "ap_scan=\x001\n", "line 1: a zero byte"},
		{"too long in a network", "network={\nssid=" + strings.Repeat("a", 2000) + "\n}\n", "line 2: too long"},
		{"a long comment", "#" + strings.Repeat("a", 2000) + "\nap_scan=1 #" + strings.Repeat("a", 600) + "\n", ""},
		{"as long as may be", "network={\nid_str=\"" + strings.Repeat("a", 1999-9) + "\"\n}\n", ""},
		{"a blob without a name", "blob-base64-x\n}\n", "line 1: the name of the blob"},
		{"a blob without content", "blob-base64-x={\n}\n", "line 1: the blob x: it is empty"},
		{"a blob that does not end", "blob-base64-x={\naaaa\n", "line 1: the blob x is not closed"},
		{"no base64", "blob-base64-x={\naaaaa\n}\n", "line 1: the blob x: no base64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := wpaconf.Parse(strings.NewReader(c.text))
			var syntax *wpaconf.SyntaxError
			if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &syntax) || !strings.HasPrefix(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestParseBoundsErrorsAndSize(t *testing.T) {
	_, err := wpaconf.Parse(strings.NewReader(strings.Repeat("x\n", 1000)))
	if n := strings.Count(err.Error(), "\n") + 1; n != 20 {
		t.Errorf("%d errors, want 20", n)
	}
	if _, err := wpaconf.Parse(endless{}); err == nil {
		t.Error("an endless file was read")
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// The comment of a line is found as wpa_supplicant finds it: quotes are paired from the left, without escapes.
func TestComments(t *testing.T) {
	for line, want := range map[string]string{
		`psk="a#b"`:         `"a#b"`,
		`psk="a#b" # c`:     `"a#b"`,
		`psk="a"b"`:         `"a"b"`,
		`psk="a"b#c"`:       `"a"b`,
		`psk="a"b"#"c"`:     `"a"b"#"c"`,
		`psk="a#b#" #c`:     `"a#b#"`,
		`psk=a#"b"`:         `a`,
		`psk="a" "b" #"c"`:  `"a" "b"`,
		"psk=\"a\"\t \r":    `"a"`,
		`psk="a\"#b"`:       `"a\"`,
		`psk=P"a\x22\x23b"`: `P"a\x22\x23b"`,
	} {
		got, err := wpaconf.Parse(strings.NewReader("network={\n" + line + "\n}\n"))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if value := got.Blocks[0].Lines[0].Value; value != want {
			t.Errorf("%s is %s, want %s", line, value, want)
		}
	}
}
