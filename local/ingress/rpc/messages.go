package main

import (
	"encoding/json"
	"io"
	"sync"

	"github.com/livekit/psrpc"
)

// request is what the parent asks. Each has an id, which its reply carries.
type request struct {
	ID     int    `json:"id"`
	Method string `json:"method"`

	StreamKey     string          `json:"streamKey"`
	IngressID     string          `json:"ingressId"`
	ResourceID    string          `json:"resourceId"`
	ParticipantID string          `json:"participantId"`
	Connection    string          `json:"connection"`
	Request       int             `json:"request"` // of the event "End" that is answered
	State         json.RawMessage `json:"state"`   // livekit.IngressState as protobuf JSON
}

type reply struct {
	ID      int             `json:"id"`
	Ingress json.RawMessage `json:"ingress,omitempty"` // livekit.IngressInfo as protobuf JSON
	Media   string          `json:"media,omitempty"`   // path of the Unix socket that gives FLV
	Error   *failure        `json:"error,omitempty"`
}

// failure is an error in the words of LiveKit's RPC; Status is what LiveKit Ingress answers to a WHIP
// client for it.
type failure struct {
	Code    string `json:"code"`
	Status  int    `json:"status"`
	Message string `json:"message"`
}

// event is what happens without having been asked for:
//
//	Listening  RTMP is taken
//	Publish    an encoder on Connection gives StreamKey: AcceptPublish or RefusePublish answers
//	End        LiveKit wants the session of ResourceID ended, because it was Updated or Deleted: Ended answers
//	Media      what the server receives from the participant of ResourceID; Closed: it has gone
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

// parent is the process that is told what happens.
type parent struct {
	lock  sync.Mutex
	lines *json.Encoder
}

func newParent(out io.Writer) *parent {
	return &parent{lines: json.NewEncoder(out)}
}

// send writes one line. A parent that reads no more has ended, and this process with it.
func (p *parent) send(message any) {
	p.lock.Lock()
	defer p.lock.Unlock()
	_ = p.lines.Encode(message)
}

func describe(err error) *failure {
	code, _ := psrpc.GetErrorCode(err)
	return &failure{Code: string(code), Status: code.ToHTTP(), Message: err.Error()}
}
