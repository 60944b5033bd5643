package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"github.com/livekit/go-rtmp"
	"github.com/livekit/go-rtmp/message"
	"github.com/livekit/protocol/utils/guid"
)

const (
	// How many pieces of media may wait for the reader, about two seconds of them. When there are more,
	// the encoder waits, and drops frames by itself.
	waitingPieces = 192
	// How long the parent may take to decide about a key, and then to open the media's socket.
	patience = 10 * time.Second

	flvAudio, flvVideo, flvScript = 8, 9, 18
)

// Version 1, with audio and video; the first tag follows after nine bytes and the zero size of none before.
var flvHeader = []byte{'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0}

var errRefused = errors.New("publishing refused")

// rtmpServer takes encoders' connections.
type rtmpServer struct {
	mediaFolder string
	silence     time.Duration
	parent      *parent

	lock        sync.Mutex
	connections map[string]*connection
}

func newRTMP(mediaFolder string, silence time.Duration, parent *parent) *rtmpServer {
	return &rtmpServer{
		mediaFolder: mediaFolder,
		silence:     silence,
		parent:      parent,
		connections: map[string]*connection{},
	}
}

func (s *rtmpServer) serve(listener net.Listener) {
	server := rtmp.NewServer(&rtmp.ServerConfig{
		OnConnect: func(conn net.Conn) (io.ReadWriteCloser, *rtmp.ConnConfig) {
			taken := &connection{
				// The session that an accepted connection becomes bears the same id.
				id:      guid.New(guid.RTMPResourcePrefix),
				server:  s,
				conn:    conn,
				verdict: make(chan bool, 1),
				media:   make(chan []byte, waitingPieces),
				gone:    make(chan struct{}),
			}
			s.lock.Lock()
			s.connections[taken.id] = taken
			s.lock.Unlock()
			return &impatient{Conn: conn, silence: s.silence}, &rtmp.ConnConfig{
				Handler: taken,
				// As LiveKit Ingress has it.
				ControlState: rtmp.StreamControlStateConfig{
					DefaultBandwidthWindowSize: 6 * 1024 * 1024 / 8,
				},
			}
		},
	})
	slog.Info("RTMP ended", "because", server.Serve(listener))
}

func (s *rtmpServer) find(id string) (*connection, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	found, ok := s.connections[id]
	if !ok {
		return nil, fmt.Errorf("no connection %s", id)
	}
	return found, nil
}

// accept lets an encoder publish, and gives the path of the socket that its media is to be read from.
func (s *rtmpServer) accept(id string) (string, error) {
	accepted, err := s.find(id)
	if err != nil {
		return "", err
	}
	socket := filepath.Join(s.mediaFolder, id)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return "", err
	}
	go accepted.handOver(listener.(*net.UnixListener))
	accepted.verdict <- true
	return socket, nil
}

func (s *rtmpServer) refuse(id string) error {
	refused, err := s.find(id)
	if err != nil {
		return err
	}
	refused.verdict <- false
	return nil
}

func (s *rtmpServer) disconnect(id string) error {
	leaving, err := s.find(id)
	if err != nil {
		return nil // it has gone by itself
	}
	return leaving.conn.Close()
}

// impatient is a connection that ends when nothing comes for a while, as when an encoder's machine has
// lost its network without a word.
type impatient struct {
	net.Conn
	silence time.Duration
}

func (c *impatient) Read(buffer []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(buffer)
}

// connection is one encoder.
type connection struct {
	rtmp.DefaultHandler

	id      string
	server  *rtmpServer
	conn    net.Conn
	asked   bool
	keyed   bool // a key frame has come: nothing before it can be decoded
	verdict chan bool
	media   chan []byte
	gone    chan struct{} // closed when nobody reads the media any more
}

// OnPublish asks the parent. An error is told to the encoder as NetStream.Publish.Failed, and the
// connection closed.
func (c *connection) OnPublish(_ *rtmp.StreamContext, _ uint32, asked *message.NetStreamPublish) error {
	_, streamKey := path.Split(asked.PublishingName)
	if streamKey == "" || c.asked {
		return errRefused
	}
	c.asked = true
	c.server.parent.send(event{Event: "Publish", Connection: c.id, StreamKey: streamKey})
	select {
	case accepted := <-c.verdict:
		if accepted {
			return nil
		}
	case <-time.After(patience):
	}
	return errRefused
}

// OnSetDataFrame passes the encoder's description on: by its frame rate the reader starts sooner.
func (c *connection) OnSetDataFrame(timestamp uint32, data *message.NetStreamSetDataFrame) error {
	return c.pass(flvScript, timestamp, bytes.NewReader(data.Payload))
}

func (c *connection) OnAudio(timestamp uint32, payload io.Reader) error {
	return c.pass(flvAudio, timestamp, payload)
}

func (c *connection) OnVideo(timestamp uint32, payload io.Reader) error {
	return c.pass(flvVideo, timestamp, payload)
}

// OnClose is called once, whoever closes, and after the last piece.
func (c *connection) OnClose() {
	close(c.media)
	c.server.lock.Lock()
	defer c.server.lock.Unlock()
	delete(c.server.connections, c.id)
}

// pass puts one RTMP message, whose payload is that of an FLV tag, in line for the reader.
func (c *connection) pass(kind byte, timestamp uint32, payload io.Reader) error {
	data, err := io.ReadAll(payload)
	if err != nil || len(data) == 0 {
		return err
	}
	if kind == flvVideo && !c.keyed {
		// The frame's type is in the upper half of the first byte, below a bit that enhanced RTMP sets.
		if c.keyed = data[0]>>4&7 == 1; !c.keyed {
			return nil
		}
	}
	select {
	case c.media <- flvTag(kind, timestamp, data):
		return nil
	case <-c.gone:
		return io.EOF
	}
}

func flvTag(kind byte, timestamp uint32, data []byte) []byte {
	tag := make([]byte, 0, 11+len(data)+4)
	tag = append(tag, kind, byte(len(data)>>16), byte(len(data)>>8), byte(len(data)))
	tag = append(tag, byte(timestamp>>16), byte(timestamp>>8), byte(timestamp), byte(timestamp>>24))
	tag = append(tag, 0, 0, 0) // stream id
	tag = append(tag, data...)
	return binary.BigEndian.AppendUint32(tag, uint32(11+len(data)))
}

// handOver writes the media to the one reader that connects, until either end closes.
func (c *connection) handOver(listener *net.UnixListener) {
	defer close(c.gone)
	defer c.conn.Close()
	_ = listener.SetDeadline(time.Now().Add(patience))
	reader, err := listener.Accept()
	_ = listener.Close() // and with it the socket's file
	if err != nil {
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			slog.Warn("media not handed over", "connection", c.id, "because", err)
		}
		return
	}
	defer reader.Close()
	if _, err := reader.Write(flvHeader); err != nil {
		return
	}
	for piece := range c.media {
		if _, err := reader.Write(piece); err != nil {
			return
		}
	}
}
