package packets

import "golang.org/x/net/bpf"

// snapLength is how much of a packet is kept: DHCP messages and EAP fragments are no longer.
const snapLength = 2048

// filter is the program by which the kernel chooses packets before anybody is woken: EAPOL, and UDP from or to the ports of
// DHCP. A packet socket without frame headers has the network's header at 0, and the protocol beside it.
func filter() ([]bpf.RawInstruction, error) {
	const drop = "drop"
	program := program{}
	protocol := bpf.LoadExtension{Num: bpf.ExtProto}
	program.add(protocol)
	program.when(bpf.JumpEqual, protocolEAPOL, take)
	program.when(bpf.JumpEqual, protocolIPv6, "six")
	program.when(bpf.JumpNotEqual, protocolIPv4, drop)
	program.add(bpf.LoadAbsolute{Off: 9, Size: 1})
	program.when(bpf.JumpNotEqual, udp, drop)
	program.add(bpf.LoadAbsolute{Off: 6, Size: 2})
	program.when(bpf.JumpBitsSet, 0x1fff, drop) // not the first fragment
	program.add(bpf.LoadMemShift{Off: 0})
	program.add(bpf.LoadIndirect{Off: 0, Size: 2})
	program.takeAmong(dhcpServer, dhcpClient)
	program.add(bpf.LoadIndirect{Off: 2, Size: 2})
	program.takeAmong(dhcpServer, dhcpClient)
	program.label(drop)
	program.add(bpf.RetConstant{Val: 0})
	program.label("six")
	program.add(bpf.LoadAbsolute{Off: 6, Size: 1})
	program.when(bpf.JumpNotEqual, udp, "drop six")
	program.add(bpf.LoadAbsolute{Off: 40, Size: 2})
	program.takeAmong(dhcpv6Client, dhcpv6Server)
	program.add(bpf.LoadAbsolute{Off: 42, Size: 2})
	program.takeAmong(dhcpv6Client, dhcpv6Server)
	program.label("drop six")
	program.add(bpf.RetConstant{Val: 0})
	program.label(take)
	program.add(bpf.RetConstant{Val: snapLength})
	return program.assemble()
}

// program is a filter with names for the places that it jumps to, which all lie ahead.
type program struct {
	steps  []bpf.Instruction
	jumps  map[int]string
	labels map[string]int
}

func (p *program) add(i bpf.Instruction) { p.steps = append(p.steps, i) }

// label names the next instruction.
func (p *program) label(name string) {
	if p.labels == nil {
		p.labels = map[string]int{}
	}
	p.labels[name] = len(p.steps)
}

// when jumps if what was loaded compares so with a value.
func (p *program) when(cond bpf.JumpTest, value uint32, to string) {
	if p.jumps == nil {
		p.jumps = map[int]string{}
	}
	p.jumps[len(p.steps)] = to
	p.add(bpf.JumpIf{Cond: cond, Val: value})
}

// take is where the filter chooses a packet.
const take = "take"

// takeAmong chooses the packet if what was loaded is one of two values.
func (p *program) takeAmong(a, b uint32) {
	p.when(bpf.JumpEqual, a, take)
	p.when(bpf.JumpEqual, b, take)
}

func (p *program) assemble() ([]bpf.RawInstruction, error) {
	for at, to := range p.jumps {
		jump, _ := p.steps[at].(bpf.JumpIf)
		jump.SkipTrue = uint8(p.labels[to] - at - 1)
		p.steps[at] = jump
	}
	return bpf.Assemble(p.steps)
}
