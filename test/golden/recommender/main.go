// Feeds series to the upstream VPA's aggregation and asks its recommender, with the defaults of its binary. Prints, as
// JSON, the samples and the recommendations. Real series are read from the folder given as argument.
package main

import (
	"encoding/json"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/logic"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/model"
)

type series struct {
	StartSeconds int64      `json:"startSeconds"`
	StepSeconds  int64      `json:"stepSeconds"`
	Values       []*float64 `json:"values"`
}

// step is [seconds, millicores or null, bytes or null, request at an OOM kill or null].
type step [4]*float64

type bounds struct {
	Lower  int64 `json:"lower"`
	Target int64 `json:"target"`
	Upper  int64 `json:"upper"`
}

type recommendation struct {
	AfterStep int    `json:"afterStep"`
	CPU       bounds `json:"cpu"`
	Memory    bounds `json:"memory"`
}

type run struct {
	Title string `json:"title"`
	// Containers[i] are the steps of container i; all are merged before each recommendation.
	Containers      [][]step         `json:"containers"`
	Recommendations []recommendation `json:"recommendations"`
}

var recommender = logic.CreatePodResourceRecommender(logic.RecommendationConfig{
	SafetyMarginFraction: 0.15, PodMinCPUMillicores: 25, PodMinMemoryMb: 250,
	TargetCPUPercentile: 0.9, LowerBoundCPUPercentile: 0.5, UpperBoundCPUPercentile: 0.95,
	TargetMemoryPercentile: 0.9, LowerBoundMemoryPercentile: 0.5, UpperBoundMemoryPercentile: 0.95,
	ConfidenceIntervalCPU: 24 * time.Hour, ConfidenceIntervalMemory: 24 * time.Hour,
})

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: recommender FOLDER_OF_SERIES")
	}
	runs := []run{
		of("one container, a minute a step, day and night, OOM kills", generated(1, 1, 60, 4000, 0.002)),
		of("three containers merged, five minutes a step, gaps", generated(2, 3, 300, 1500, 0.01)),
		of("idle, below the floors", generated(3, 1, 300, 300, 0)),
		of("a single step", generated(4, 1, 300, 1, 0)),
		of("Crane input1 as cores, input2 as MB", [][]step{paired(os.Args[1], "crane-1.json", 1000, "crane-2.json", 1e6)}),
		of("Crane input6 as cores, input0 as tens of MB", [][]step{paired(os.Args[1], "crane-6.json", 1000, "crane-0.json", 1e7)}),
	}
	if err := json.NewEncoder(os.Stdout).Encode(runs); err != nil {
		log.Fatal(err)
	}
}

func of(title string, containers [][]step) run {
	r := run{Title: title, Containers: containers}
	longest := 0
	for _, steps := range containers {
		longest = max(longest, len(steps))
	}
	for after := 1; after <= longest; after = after*3/2 + 1 {
		r.Recommendations = append(r.Recommendations, recommend(containers, after))
	}
	r.Recommendations = append(r.Recommendations, recommend(containers, longest))
	return r
}

func recommend(containers [][]step, after int) recommendation {
	merged := model.NewAggregateContainerState()
	for _, steps := range containers {
		aggregate := model.NewAggregateContainerState()
		feed(model.NewContainerState(nil, aggregate), steps[:min(after, len(steps))])
		merged.MergeContainerState(aggregate)
	}
	given := recommender.GetRecommendedPodResources(model.ContainerNameToAggregateStateMap{"c": merged})["c"]
	pick := func(name model.ResourceName) bounds {
		return bounds{int64(given.LowerBound[name]), int64(given.Target[name]), int64(given.UpperBound[name])}
	}
	return recommendation{AfterStep: after, CPU: pick(model.ResourceCPU), Memory: pick(model.ResourceMemory)}
}

func feed(container *model.ContainerState, steps []step) {
	for _, s := range steps {
		at := time.Unix(int64(*s[0]), 0)
		if s[1] != nil {
			container.AddSample(&model.ContainerUsageSample{
				MeasureStart: at, Usage: model.CPUAmountFromCores(*s[1] / 1000), Resource: model.ResourceCPU})
		}
		if s[2] != nil {
			container.AddSample(&model.ContainerUsageSample{
				MeasureStart: at, Usage: model.MemoryAmountFromBytes(*s[2]), Resource: model.ResourceMemory})
		}
		if s[3] != nil {
			// An OOM that is too old is refused: that is part of what is compared.
			_ = container.RecordOOM(at, model.MemoryAmountFromBytes(*s[3]))
		}
	}
}

func generated(seed uint64, containers int, stepSeconds int64, steps int, oomShare float64) [][]step {
	random := rand.New(rand.NewPCG(seed, 7))
	all := make([][]step, containers)
	for c := range all {
		scale := math.Exp(random.NormFloat64())
		if seed == 3 {
			scale = 0.01
		}
		memory := 4e8 * scale
		for i := range steps {
			at := 1_690_000_000 + int64(c)*977 + int64(i)*stepSeconds
			if random.Float64() < 0.02 {
				continue
			}
			day := 1 + 0.6*math.Sin(float64(at)/86_400*2*math.Pi)
			memory = memory*0.995 + 0.005*4e8*scale*day + random.NormFloat64()*2e6*scale
			s := step{number(float64(at)), number(math.Floor(300 * scale * day * math.Exp(random.NormFloat64()*0.4))),
				number(math.Floor(math.Max(0, memory)))}
			switch draw := random.Float64(); {
			case draw < 0.01:
				s[1] = nil
			case draw < 0.02:
				s[2] = nil
			case draw < 0.03:
				s[0] = number(float64(at - 7*stepSeconds))
			}
			if random.Float64() < oomShare {
				s[3] = number(math.Floor(memory * (0.9 + 0.3*random.Float64())))
			}
			all[c] = append(all[c], s)
		}
	}
	return all
}

func paired(folder, cpuFile string, cpuScale float64, memoryFile string, memoryScale float64) []step {
	cpu, memory := read(folder, cpuFile), read(folder, memoryFile)
	var steps []step
	for i := range min(len(cpu.Values), len(memory.Values), 2016) {
		steps = append(steps, step{number(float64(cpu.StartSeconds + int64(i)*cpu.StepSeconds)),
			scaled(cpu.Values[i], cpuScale), scaled(memory.Values[i], memoryScale)})
	}
	return steps
}

func read(folder, file string) series {
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		log.Fatal(err)
	}
	var s series
	if err := json.Unmarshal(text, &s); err != nil {
		log.Fatal(err)
	}
	return s
}

func scaled(value *float64, by float64) *float64 {
	if value == nil {
		return nil
	}
	return number(math.Floor(*value * by))
}

func number(value float64) *float64 { return &value }
