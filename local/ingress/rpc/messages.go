package main

import (
	"encoding/json"
	"io"
	"sync"

	"github.com/livekit/psrpc"
)

// request is a call from the parent. Its reply has the same id.
type request struct {
	ID     int    `json:"id"`
	Method string `json:"method"`

	StreamKey     string          `json:"streamKey"`
	IngressID     string          `json:"ingressId"`
	ResourceID    string          `json:"resourceId"`
	ParticipantID string          `json:"participantId"`
	Connection    string          `json:"connection"`
	Request       int             `json:"request"` // the number of the "End" event that this replies to
	State         json.RawMessage `json:"state"`   // livekit.IngressState as protobuf JSON
}

type reply struct {
	ID      int             `json:"id"`
	Ingress json.RawMessage `json:"ingress,omitempty"` // livekit.IngressInfo as protobuf JSON
	Media   string          `json:"media,omitempty"`   // path of the Unix socket to read FLV from
	Error   *failure        `json:"error,omitempty"`
}

// failure is an error with a code of LiveKit's RPC. Status is LiveKit Ingress's HTTP status for a WHIP
// client.
type failure struct {
	Code    string `json:"code"`
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// event is a message to the parent that is not a reply:
//
//	Listening  the RTMP port is open
//	Publish    an encoder on Connection sent StreamKey; the parent calls AcceptPublish or RefusePublish
//	End        the session of ResourceID must end because its ingress was Updated or Deleted; the parent
//	           calls Ended
//	Media      what the server receives from the participant of ResourceID; Closed if it has left
type event struct {
	Event      string          `json:"event"`
	Connection string          `json:"connection,omitempty"`
	StreamKey  string          `json:"streamKey,omitempty"`
	ResourceID string          `json:"resourceId,omitempty"`
	Request    int             `json:"request,omitempty"`
	Because    string          `json:"because,omitempty"`
	Video      json.RawMessage `json:"video,omitempty"` // livekit.InputVideoState
	Audio      json.RawMessage `json:"audio,omitempty"` // livekit.InputAudioState
	Closed     bool            `json:"closed,omitempty"`
}

// parent is the process that gets the events and replies.
type parent struct {
	lock  sync.Mutex
	lines *json.Encoder
}

func newParent(out io.Writer) *parent {
	return &parent{lines: json.NewEncoder(out)}
}

// send writes one line. It ignores errors: if the parent has ended, this process is ending too.
func (p *parent) send(message any) {
	p.lock.Lock()
	defer p.lock.Unlock()
	_ = p.lines.Encode(message)
}

func describe(err error) *failure {
	code, _ := psrpc.GetErrorCode(err)
	return &failure{Code: string(code), Status: code.ToHTTP(), Message: err.Error()}
}
