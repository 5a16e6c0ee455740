using BenchmarkDotNet.Attributes;

namespace Replication.Benchmarks;

/// <summary>The core alone: all steps of three nodes from a proposal to its commit, harness included.</summary>
[MemoryDiagnoser]
public class RaftCoreBenchmarks
{
    private readonly RaftRound _round = new();

    [Benchmark]
    public long ProposeAndCommit() => _round.ProposeAndCommit();
}
