package testenv_test

import (
	"testing"

	"nmdebug/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }
