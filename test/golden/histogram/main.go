// Runs random operations on the decaying histograms of the upstream VPA and prints, as JSON, the operations and what they
// led to: bucket weights (read by reflection), reference time, percentiles.
package main

import (
	"encoding/json"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"time"

	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/util"
)

type operation struct {
	Kind   string  `json:"kind"`
	Into   int     `json:"into"`
	From   int     `json:"from,omitempty"`
	Value  float64 `json:"value,omitempty"`
	Weight float64 `json:"weight,omitempty"`
	Time   int64   `json:"time,omitempty"`
	State  *state  `json:"state,omitempty"`
}

type state struct {
	IsEmpty     bool            `json:"isEmpty"`
	TotalWeight float64         `json:"totalWeight"`
	Reference   int64           `json:"reference"`
	Weights     map[int]float64 `json:"weights"`
	Percentiles []float64       `json:"percentiles"`
}

type scenario struct {
	Title           string      `json:"title"`
	FirstBucket     float64     `json:"firstBucket"`
	Ratio           float64     `json:"ratio"`
	MaxValue        float64     `json:"maxValue"`
	Epsilon         float64     `json:"epsilon"`
	HalfLifeSeconds int64       `json:"halfLifeSeconds"`
	Buckets         int         `json:"buckets"`
	Histograms      int         `json:"histograms"`
	Operations      []operation `json:"operations"`
}

var shares = []float64{0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1}

func main() {
	cpu := scenario{FirstBucket: 0.01, Ratio: 1.05, MaxValue: 1000, Epsilon: 0.001 * 0.1, HalfLifeSeconds: 86_400}
	memory := scenario{FirstBucket: 1e7, Ratio: 1.05, MaxValue: 1e12, Epsilon: 0.001 * 0.1, HalfLifeSeconds: 86_400}
	fine := scenario{FirstBucket: 1, Ratio: 1.025, MaxValue: 1e6, Epsilon: 1e-4, HalfLifeSeconds: 7 * 86_400}
	scenarios := []scenario{
		run(cpu, "cpu, a sample a minute", 1, 60, 1, 0),
		run(cpu, "cpu, three that are merged, samples out of order", 3, 300, 2, 0.02),
		run(memory, "memory, peaks that are replaced", 4, 3600, 2, 0.02),
		run(fine, "fine buckets, gaps of months, so that the reference moves", 5, 10*86_400, 2, 0.05),
	}
	if err := json.NewEncoder(os.Stdout).Encode(scenarios); err != nil {
		log.Fatal(err)
	}
}

func run(s scenario, title string, seed uint64, step int64, histograms int, mergeShare float64) scenario {
	options, err := util.NewExponentialHistogramOptions(s.MaxValue, s.FirstBucket, s.Ratio, s.Epsilon)
	if err != nil {
		log.Fatal(err)
	}
	s.Title, s.Buckets, s.Histograms = title, options.NumBuckets(), histograms
	random := rand.New(rand.NewPCG(seed, 1))
	held := make([]util.Histogram, histograms)
	for i := range held {
		held[i] = util.NewDecayingHistogram(options, time.Duration(s.HalfLifeSeconds)*time.Second)
	}
	var added []operation
	at := int64(1_700_000_000)
	for i := range 600 {
		at += int64(random.Float64() * 2 * float64(step))
		op := operation{Kind: "add", Into: random.IntN(histograms), Time: at - int64(random.Float64()*float64(step)*3)}
		draw := random.Float64()
		switch {
		case draw < mergeShare:
			op = operation{Kind: "merge", Into: op.Into, From: (op.Into + 1) % histograms}
			held[op.Into].Merge(held[op.From])
		case draw < 0.25 && len(added) > 0:
			op = added[random.IntN(len(added))]
			op.Kind, op.State = "subtract", nil
			held[op.Into].SubtractSample(op.Value, op.Weight, time.Unix(op.Time, 0))
		default:
			op.Value = s.FirstBucket * math.Exp(random.NormFloat64()*2.5+2)
			op.Weight = 0.1 + random.Float64()
			held[op.Into].AddSample(op.Value, op.Weight, time.Unix(op.Time, 0))
			added = append(added, op)
		}
		if i < 5 || i%40 == 0 {
			op.State = observe(held[op.Into])
		}
		s.Operations = append(s.Operations, op)
	}
	return s
}

func observe(h util.Histogram) *state {
	fields := reflect.ValueOf(h).Elem()
	inner := fields.FieldByName("histogram")
	buckets := inner.FieldByName("bucketWeight")
	s := &state{IsEmpty: h.IsEmpty(), TotalWeight: inner.FieldByName("totalWeight").Float(), Weights: map[int]float64{}}
	for i := range buckets.Len() {
		if weight := buckets.Index(i).Float(); weight != 0 {
			s.Weights[i] = weight
		}
	}
	checkpoint, err := h.SaveToChekpoint()
	if err != nil {
		log.Fatal(err)
	}
	s.Reference = checkpoint.ReferenceTimestamp.Unix()
	for _, share := range shares {
		s.Percentiles = append(s.Percentiles, h.Percentile(share))
	}
	return s
}
