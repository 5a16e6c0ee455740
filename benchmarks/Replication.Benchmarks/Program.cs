using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Replication.Benchmarks.MessagePackBenchmarks).Assembly).Run(args);
