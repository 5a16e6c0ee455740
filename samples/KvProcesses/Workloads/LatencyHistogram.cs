using System.Numerics;

namespace KvProcesses.Workloads;

/// <summary>Durations in buckets of at most 1.6 % width. Adding is safe from any thread; reading wants quiet.</summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int Buckets = (65 - SubBits) << SubBits;
    private readonly long[] _counts = new long[Buckets];
    private long _count;
    private long _maximum;

    /// <summary>Gets how many durations were added.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Gets the longest.</summary>
    public TimeSpan Maximum => TimeSpan.FromMicroseconds(Interlocked.Read(ref _maximum));

    /// <summary>Adds a duration.</summary>
    /// <param name="duration">The duration; negative ones count as zero.</param>
    public void Add(TimeSpan duration)
    {
        long microseconds = Math.Max(0, (long)duration.TotalMicroseconds);
        Interlocked.Increment(ref _counts[BucketOf(microseconds)]);
        Interlocked.Increment(ref _count);
        long seen = Interlocked.Read(ref _maximum);
        while (microseconds > seen)
        {
            long before = Interlocked.CompareExchange(ref _maximum, microseconds, seen);
            if (before == seen)
            {
                break;
            }

            seen = before;
        }
    }

    /// <summary>Gets the duration that a share of all durations doesn't exceed.</summary>
    /// <param name="share">From 0 to 1, for example 0.99.</param>
    /// <returns>The upper end of the bucket where it lies; zero if nothing was added.</returns>
    public TimeSpan Quantile(double share)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(Count * share));
        long seen = 0;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
            {
                return TimeSpan.FromMicroseconds(Math.Min(UpperEnd(bucket), Interlocked.Read(ref _maximum)));
            }
        }

        return TimeSpan.Zero;
    }

    private static int BucketOf(long value)
    {
        if (value < 1 << SubBits)
        {
            return (int)value;
        }

        int shift = 63 - BitOperations.LeadingZeroCount((ulong)value) - SubBits;
        return (int)(((long)(shift + 1) << SubBits) + ((value >> shift) - (1 << SubBits)));
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < 1 << SubBits)
        {
            return bucket;
        }

        int shift = (bucket >> SubBits) - 1;
        long start = ((long)(bucket & ((1 << SubBits) - 1)) + (1 << SubBits)) << shift;
        return start + (1L << shift) - 1;
    }
}
