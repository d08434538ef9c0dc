package wpatypes

import "fmt"

type (
	InterfaceState string
	Reason         int32
	Status         int32
)

func (s Reason) String() string { return fmt.Sprint(int32(s)) }
func (s Status) String() string { return fmt.Sprint(int32(s)) }
func (s Reason) Local() bool    { return s < 0 }

const (
	StateCompleted        InterfaceState = "completed"
	StateAssociated       InterfaceState = "associated"
	StateFourWayHandshake InterfaceState = "4way_handshake"
)
