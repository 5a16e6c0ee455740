using BenchmarkDotNet.Attributes;

namespace Replication.Benchmarks;

/// <summary>Writing and reading one command.</summary>
[MemoryDiagnoser]
public class MessagePackBenchmarks
{
    private readonly MessagePackPut _put = new();

    [Benchmark]
    public int WritePut() => _put.Write();

    [Benchmark]
    public int ReadPut() => _put.Read();
}
