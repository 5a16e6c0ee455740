namespace Replication.Testing.Simulation.Probes;

/// <summary>How often each probe was reached.</summary>
internal sealed class ProbeCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<Probe>().Length];

    /// <summary>Gets how often a probe was reached.</summary>
    public long this[Probe probe] => _counts[(int)probe];

    /// <summary>Notes that a condition was reached.</summary>
    public void Reached(Probe probe) => _counts[(int)probe]++;

    /// <summary>Adds the counts of another run.</summary>
    public void Add(ProbeCounts other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }
}
