using System.Globalization;

namespace Replication.Testing.Checkers.Sessions;

/// <summary>How stale a read may be.</summary>
public sealed class StalenessBound
{
    private const string Prefix = "bounded-staleness:";
    private static readonly char[] Letters = ['u', 'm', 's'];

    /// <summary>Gets or sets the age: a read misses no write that had been acknowledged longer than this before the
    /// read began.</summary>
    /// <value>The default value is null: any age. Not negative. Needs the times of events.</value>
    public TimeSpan? Age { get; set; }

    /// <summary>Gets or sets the count: a read misses at most this many writes of its key that had been acknowledged
    /// before it began.</summary>
    /// <value>The default value is null: any number. Not negative.</value>
    public int? Writes { get; set; }

    /// <summary>Gets or sets a value that indicates whether some read must have been stale.</summary>
    /// <value>The default value is false. Where the faults of a run should have made replicas lag, a history without a
    /// stale read shows nothing about the bound, and is unknown.</value>
    public bool NeedsStaleReads { get; set; }

    /// <summary>Reads a bound from the name of a consistency, such as bounded-staleness:5 or
    /// bounded-staleness:250ms.</summary>
    /// <returns>Null if it is none.</returns>
    internal static StalenessBound? TryParse(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string text = name[Prefix.Length..];
        string digits = text.TrimEnd(Letters);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return null;
        }

        return text[digits.Length..] switch
        {
            "" => new StalenessBound { Writes = number },
            "us" => new StalenessBound { Age = TimeSpan.FromMicroseconds(number) },
            "ms" => new StalenessBound { Age = TimeSpan.FromMilliseconds(number) },
            "s" => new StalenessBound { Age = TimeSpan.FromSeconds(number) },
            _ => null,
        };
    }
}
