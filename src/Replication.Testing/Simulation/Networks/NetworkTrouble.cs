using Replication.Testing.Simulation.Faults;

namespace Replication.Testing.Simulation.Networks;

/// <summary>With what probability each thing happens to a message, at this moment.</summary>
internal sealed class NetworkTrouble
{
    /// <summary>Gets how often something of this happened to a message.</summary>
    public FaultStrikes Strikes { get; } = new();

    public double Loss { get; set; }

    public double Duplication { get; set; }

    public double Reordering { get; set; }

    public double Corruption { get; set; }

    public double Replay { get; set; }

    public double LatencyTail { get; set; }

    /// <summary>Gets or sets by what factor everything takes longer.</summary>
    public long SlowFactor { get; set; } = 1;

    /// <summary>Gets or sets how much a link carries; 0 for any amount.</summary>
    public long BytesPerSecond { get; set; }
}
