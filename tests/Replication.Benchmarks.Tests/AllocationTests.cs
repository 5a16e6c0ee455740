using System.Text.Json;

namespace Replication.Benchmarks.Tests;

/// <summary>Bytes allocated per operation against
/// benchmarks/Replication.Benchmarks/expected-allocations.json.</summary>
public sealed class AllocationTests
{
    private const int Operations = 20_000;

    /// <summary>
    /// A collection drops the rest of the thread's buffer, which counts as allocated: up to a byte per operation that
    /// differs between runs. The smallest object takes 24.
    /// </summary>
    private const int Tolerance = 4;

    /// <summary>Until every ring of the core has grown to its final size.</summary>
    private const int OperationsBefore = 60_000;

    private static readonly Dictionary<string, Func<Action>> Measured = new(StringComparer.Ordinal)
    {
        ["MessagePack: write a put"] = () =>
        {
            MessagePackPut put = new();
            return () => put.Write();
        },
        ["MessagePack: read a put"] = () =>
        {
            MessagePackPut put = new();
            return () => put.Read();
        },
        ["Raft: propose and commit on three nodes"] = () =>
        {
            RaftRound round = new();
            return () => round.ProposeAndCommit();
        },
        ["Key-value: put, replicate and apply on three nodes"] = () => new PutRound().Run,
    };

    [Fact]
    public void Every_operation_allocates_what_the_file_expects()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "expected-allocations.json");
        Dictionary<string, long> expected = JsonSerializer.Deserialize<Dictionary<string,
            long>>(File.ReadAllText(path))!;

        Assert.Equal(Measured.Keys.Order(StringComparer.Ordinal), expected.Keys.Order(StringComparer.Ordinal));
        string[] different =
        [
            .. from operation in Measured
               let measured = BytesPerOperation(operation.Value())
               where Math.Abs(measured - expected[operation.Key]) > Tolerance
               select $"{operation.Key}: {measured} bytes, expected {expected[operation.Key]}",
        ];
        Assert.True(
            different.Length == 0,
            "Find the new allocation; if it is meant (or gone), change benchmarks/Replication.Benchmarks/"
            + "expected-allocations.json and say why in the commit.\n" + string.Join('\n', different));
    }

    [Fact]
    public void An_allocation_would_be_seen()
    {
        object? kept = null;

        long measured = BytesPerOperation(() => kept = new byte[100]);

        Assert.NotNull(kept);
        Assert.InRange(measured, 128 - Tolerance, 128 + Tolerance);
    }

    /// <summary>Rounded to whole bytes: what happens once in thousands of operations doesn't count.</summary>
    private static long BytesPerOperation(Action operation)
    {
        for (int i = 0; i < OperationsBefore; i++)
        {
            operation();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Operations; i++)
        {
            operation();
        }

        return (long)Math.Round((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Operations);
    }
}
