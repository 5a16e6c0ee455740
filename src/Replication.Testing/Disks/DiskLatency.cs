using Replication.Raft.Determinism;

namespace Replication.Testing.Disks;

/// <summary>How long the calls of a disk take: half of the given time for certain, the rest with a long tail.</summary>
/// <remarks>The tail is exponential, so the given time is the mean.</remarks>
/// <param name="Read">A read.</param>
/// <param name="Write">A write into the cache.</param>
/// <param name="Sync">A sync of a file or directory.</param>
public readonly record struct DiskLatency(TimeSpan Read, TimeSpan Write, TimeSpan Sync)
{
    // Quantiles of the exponential distribution in 1/256, as whole numbers: equal on every machine.
    private static readonly int[] Quantiles =
        [.. Enumerable.Range(0, 256).Select(i => (int)Math.Round(-Math.Log(1 - ((i + 0.5) / 256)) * 256))];

    /// <summary>Draws how long a call takes.</summary>
    internal static TimeSpan Draw(TimeSpan mean, SplitMix64 stream) => mean == TimeSpan.Zero
        ? TimeSpan.Zero
        : (mean / 2) + new TimeSpan(mean.Ticks / 2 * Quantiles[(int)(stream.Next() >> 56)] / 256);
}
