module standin/examples/go

go 1.19
