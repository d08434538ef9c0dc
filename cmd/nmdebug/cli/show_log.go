package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"nmdebug/inspect/effconf"
	"nmdebug/nmwatch/logs"
)

// logTimeout bounds the reading of the journal: it may lie on a slow disk, and the answer is good without.
const logTimeout = 5 * time.Second

// readLog reads NetworkManager's lines, of this boot's journal or of a file. Why says why there are none.
func readLog(ctx context.Context, file string) (lines []effconf.LogLine, why string) {
	if file != "" {
		return readLogFile(file)
	}
	ctx, cancel := context.WithTimeout(ctx, logTimeout)
	defer cancel()
	const most = "--lines=2000" // the newest; one activation has about a hundred
	c := exec.CommandContext(ctx, "journalctl", "--quiet", "--boot", "--identifier=NetworkManager", most, "--output=export")
	out, err := c.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, "there is no journal"
	case err != nil:
		return nil, "the journal cannot be read: " + err.Error()
	}
	stream := logs.NewStream(strings.NewReader(string(out)))
	for {
		e, err := stream.Next()
		if err != nil {
			return lines, ""
		}
		lines = append(lines, logLine(e))
	}
}

func readLogFile(name string) (lines []effconf.LogLine, why string) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err.Error()
	}
	defer file.Close()
	parse := logs.Lines{Identifier: "NetworkManager"}
	scanner := bufio.NewScanner(io.LimitReader(file, largestLog))
	for scanner.Scan() {
		lines = append(lines, logLine(parse.Parse(scanner.Text(), time.Time{})))
	}
	if err := scanner.Err(); err != nil {
		return lines, err.Error()
	}
	return lines, ""
}

// largestLog bounds what is read of a log file.
const largestLog = 256 << 20

func logLine(e logs.Entry) effconf.LogLine {
	e = logs.Clean(e)
	return effconf.LogLine{At: e.Time(), Interface: e.Interface(), Message: e.Message()}
}
