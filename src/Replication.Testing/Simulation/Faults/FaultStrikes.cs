namespace Replication.Testing.Simulation.Faults;

/// <summary>How often faults of each kind did something at one place: on the network, or on one node.</summary>
internal sealed class FaultStrikes
{
    private readonly long[] _counts = new long[Enum.GetValues<FaultKind>().Length];

    public long this[FaultKind kind] => _counts[(int)kind];

    /// <summary>A fault of a kind did something.</summary>
    public void Add(FaultKind kind) => _counts[(int)kind]++;
}
