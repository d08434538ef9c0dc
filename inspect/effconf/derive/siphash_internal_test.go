package derive

import "testing"

// TestSipHash has the vectors of the paper (Aumasson and Bernstein, appendix A) and of its reference implementation.
func TestSipHash(t *testing.T) {
	data := make([]byte, 15)
	for i := range data {
		data[i] = byte(i)
	}
	for length, want := range map[int]uint64{0: 0x726fdb47dd0e0e31, 8: 0x93f5f5799a932462, 15: 0xa129ca6149be45e5} {
		if got := siphash(0x0706050403020100, 0x0f0e0d0c0b0a0908, data[:length]); got != want {
			t.Errorf("of %d bytes: %#x, want %#x", length, got, want)
		}
	}
}
