// Command listeners connects many listeners to one room and reports which messages each of them
// received, and when. It is in Go because LiveKit's Python client uses ten times the CPU time, which
// the measured programs need.
//
// Standard input is JSON: a line with the server and the tokens, then the number of messages to wait
// for. Standard output is `ready` when all listeners receive data, then the received messages.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

const (
	receiveTimeout = time.Minute // how long to wait for missing messages
	duplicateWait  = time.Second // how long to wait for duplicates after that
	probeTopic     = "probe"
	probeInterval  = 200 * time.Millisecond
)

type request struct {
	URL    string   `json:"url"`
	Key    string   `json:"key"`
	Secret string   `json:"secret"`
	Tokens []string `json:"tokens"`
	Topic  string   `json:"topic"`
}

// seen is a message that a listener received, and when: `at` is in seconds since 1970.
type seen struct {
	ID     string  `json:"id"`
	SentAt int64   `json:"sent_at"`
	At     float64 `json:"at"`
}

type packet struct {
	at   time.Time
	data []byte
}

// listener stores packets unparsed, to spend as little time as possible while measuring.
type listener struct {
	sync.Mutex
	isReady bool
	packets []packet
}

func (l *listener) receive(topic, messageTopic string, data []byte) {
	at := time.Now()
	l.Lock()
	defer l.Unlock()
	if topic == messageTopic {
		l.packets = append(l.packets, packet{at, data})
	} else if topic == probeTopic {
		l.isReady = true
	}
}

func (l *listener) ready() bool {
	l.Lock()
	defer l.Unlock()
	return l.isReady
}

func (l *listener) count() int {
	l.Lock()
	defer l.Unlock()
	return len(l.packets)
}

func (l *listener) seen() ([]seen, error) {
	l.Lock()
	defer l.Unlock()
	messages := make([]seen, 0, len(l.packets))
	for _, packet := range l.packets {
		var message struct {
			ID     string `json:"id"`
			SentAt int64  `json:"sentAt"`
		}
		if err := json.Unmarshal(packet.data, &message); err != nil {
			return nil, err
		}
		messages = append(messages, seen{message.ID, message.SentAt, float64(packet.at.UnixNano()) / 1e9})
	}
	return messages, nil
}

func main() {
	lksdk.SetLogger(logger.GetDiscardLogger())
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "listeners:", err)
		os.Exit(1)
	}
}

func run() error {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	var config request
	if err := in.Decode(&config); err != nil {
		return err
	}
	listeners := make([]*listener, len(config.Tokens))
	name := ""
	for number, token := range config.Tokens {
		joined := &listener{}
		callback := lksdk.NewRoomCallback()
		callback.OnDataPacket = func(data lksdk.DataPacket, _ lksdk.DataReceiveParams) {
			if user, ok := data.(*lksdk.UserDataPacket); ok {
				joined.receive(user.Topic, config.Topic, user.Payload)
			}
		}
		room, err := lksdk.ConnectToRoomWithToken(
			config.URL, token, callback, lksdk.WithAutoSubscribe(false),
		)
		if err != nil {
			return err
		}
		defer room.Disconnect()
		listeners[number], name = joined, room.Name()
	}
	if err := probe(config, name, listeners); err != nil {
		return err
	}
	fmt.Println("ready")

	var expected int
	if err := in.Decode(&expected); err != nil {
		return nil // standard input is closed: no results are needed
	}
	deadline := time.Now().Add(receiveTimeout)
	for !all(listeners, func(l *listener) bool { return l.count() >= expected }) &&
		time.Now().Before(deadline) {
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(duplicateWait)
	results := make([][]seen, len(listeners))
	for number, each := range listeners {
		messages, err := each.seen()
		if err != nil {
			return err
		}
		results[number] = messages
	}
	return json.NewEncoder(os.Stdout).Encode(results)
}

// probe sends data to the room until all listeners receive it. Their data channels open after joining.
func probe(config request, room string, listeners []*listener) error {
	client := lksdk.NewRoomServiceClient(config.URL, config.Key, config.Secret)
	topic := probeTopic
	packet := &livekit.SendDataRequest{Room: room, Topic: &topic, Data: []byte("?")}
	for !all(listeners, (*listener).ready) {
		if _, err := client.SendData(context.Background(), packet); err != nil {
			return err
		}
		time.Sleep(probeInterval)
	}
	return nil
}

func all(listeners []*listener, condition func(*listener) bool) bool {
	for _, each := range listeners {
		if !condition(each) {
			return false
		}
	}
	return true
}
