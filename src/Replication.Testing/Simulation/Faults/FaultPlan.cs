namespace Replication.Testing.Simulation.Faults;

/// <summary>All faults of a run, in order of time. A run is a function of its settings and its plan, so that leaving
/// out
/// a fault leaves the rest as it is: that is what makes a failing run shrink.</summary>
internal sealed class FaultPlan
{
    public FaultPlan(IEnumerable<PlannedFault> faults)
    {
        Faults = [.. faults.OrderBy(fault => fault.AtMilliseconds)];
    }

    /// <summary>Gets a plan without faults.</summary>
    public static FaultPlan None { get; } = new([]);

    public IReadOnlyList<PlannedFault> Faults { get; }

    /// <summary>Reads a plan file: one fault a line; empty lines and those that start with # mean nothing.</summary>
    public static FaultPlan Parse(IEnumerable<string> lines) => new(
        lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').Select(PlannedFault.Parse));

    /// <summary>Gets the plan as the lines of a plan file.</summary>
    public IEnumerable<string> ToLines() => Faults.Select(fault => fault.ToString());
}
